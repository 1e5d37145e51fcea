# Made from the stacks of infra/template: change these, then run
# WPIMG_WRITE_INFRA=1 cargo test -p wpimg-template --test written

output "data_stack" {
  description = "Name of the data stack."
  value       = local.data.name
}

output "app_stack" {
  description = "Name of the app stack."
  value       = aws_cloudformation_stack.app.name
}

output "image_parameter" {
  description = "Name of the parameter that wpimg deploy writes."
  value       = aws_ssm_parameter.image.name
}

# What the app stack tells.

output "address" {
  description = "Where the site is."
  value       = aws_cloudformation_stack.app.outputs["Address"]
}

output "balancer_dns" {
  description = "The load balancer's name, for a record that is made elsewhere."
  value       = aws_cloudformation_stack.app.outputs["BalancerDns"]
}

output "cluster" {
  description = "Name of the cluster."
  value       = aws_cloudformation_stack.app.outputs["Cluster"]
}

output "distribution_id" {
  description = "The distribution, to invalidate what it has cached."
  value       = lookup(aws_cloudformation_stack.app.outputs, "DistributionId", null)
}

output "image" {
  description = "The image as Parameter Store had it when the stack was last changed."
  value       = aws_cloudformation_stack.app.outputs["Image"]
}

output "log_group" {
  description = "Name of the tasks' log group."
  value       = aws_cloudformation_stack.app.outputs["LogGroup"]
}

output "repository" {
  description = "Where images are pushed to."
  value       = aws_cloudformation_stack.app.outputs["Repository"]
}

output "service" {
  description = "Name of the service."
  value       = aws_cloudformation_stack.app.outputs["Service"]
}

output "setup_role" {
  description = "ARN of the role of the task that makes WordPress's user in the database."
  value       = aws_cloudformation_stack.app.outputs["SetupRole"]
}

output "task_definition" {
  description = "Family of the service's task definitions."
  value       = aws_cloudformation_stack.app.outputs["TaskDefinition"]
}

# What the data stack tells.

output "assign_public_ip" {
  description = "Whether tasks need a public address."
  value       = local.data.outputs["AssignPublicIp"]
}

output "backend_balancer_security_group" {
  description = "Of the load balancer before php-fpm."
  value       = lookup(local.data.outputs, "BackendBalancerSecurityGroup", null)
}

output "backend_security_group" {
  description = "Of php-fpm's tasks."
  value       = lookup(local.data.outputs, "BackendSecurityGroup", null)
}

output "balancer_security_group" {
  description = "Of the load balancer."
  value       = local.data.outputs["BalancerSecurityGroup"]
}

output "cache_host" {
  description = "The cache's host, which speaks TLS."
  value       = lookup(local.data.outputs, "CacheHost", null)
}

output "cache_port" {
  description = "Its port."
  value       = lookup(local.data.outputs, "CachePort", null)
}

output "cache_secret" {
  description = "The secret that is its password, for WPIMG_REDIS_PASSWORD."
  value       = lookup(local.data.outputs, "CacheSecret", null)
}

output "database" {
  description = "What RDS calls the instance or cluster."
  value       = local.data.outputs["Database"]
}

output "database_host" {
  description = "The database's host."
  value       = local.data.outputs["DatabaseHost"]
}

output "database_name" {
  description = "Its name."
  value       = local.data.outputs["DatabaseName"]
}

output "database_port" {
  description = "Its port."
  value       = local.data.outputs["DatabasePort"]
}

output "database_secret" {
  description = "The secret of WordPress's own user of it, for WPIMG_SECRET."
  value       = local.data.outputs["DatabaseSecret"]
}

output "files" {
  description = "The file system of uploads."
  value       = local.data.outputs["Files"]
}

output "files_access_point" {
  description = "Its access point."
  value       = local.data.outputs["FilesAccessPoint"]
}

output "files_access_point_arn" {
  description = "That one's ARN."
  value       = local.data.outputs["FilesAccessPointArn"]
}

output "files_arn" {
  description = "Its ARN."
  value       = local.data.outputs["FilesArn"]
}

output "key" {
  description = "The key that encrypts."
  value       = lookup(local.data.outputs, "Key", null)
}

output "master_secret" {
  description = "The secret of its master user."
  value       = local.data.outputs["MasterSecret"]
}

output "private_subnets" {
  description = "Subnets without a way in."
  value       = local.data.outputs["PrivateSubnets"]
}

output "public_subnets" {
  description = "Subnets of the load balancer."
  value       = local.data.outputs["PublicSubnets"]
}

output "salts_secret" {
  description = "The secret for WPIMG_SALT_MASTER."
  value       = local.data.outputs["SaltsSecret"]
}

output "service_security_group" {
  description = "Of tasks behind it."
  value       = local.data.outputs["ServiceSecurityGroup"]
}

output "task_subnets" {
  description = "Subnets of the tasks."
  value       = local.data.outputs["TaskSubnets"]
}

output "vpc" {
  description = "The network."
  value       = local.data.outputs["Vpc"]
}

output "vpc_cidr" {
  description = "Its addresses."
  value       = local.data.outputs["VpcCidr"]
}
