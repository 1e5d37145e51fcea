# Made from the stacks of infra/template: change these, then run
# WPIMG_WRITE_INFRA=1 cargo test -p wpimg-template --test written

# wpimg deploy owns the value: what it wrote stays when Terraform comes by.
resource "aws_ssm_parameter" "image" {
  name        = "/wpimg/${var.name}/image"
  description = "The image that runs, with its digest. Written by wpimg deploy."
  type        = "String"
  value       = var.first_image
  tags        = var.tags

  lifecycle {
    ignore_changes = [value]
  }
}

locals {
  # The files are indented for people. CloudFormation takes 51,200 bytes, so spaces go.
  data_template = jsonencode(jsondecode(file("${path.module}/../data.json")))
  app_template  = jsonencode(jsondecode(file("${path.module}/../app.json")))

  data_parameters = {
    AuroraMaximum        = var.aurora_maximum
    AuroraMinimum        = var.aurora_minimum
    Backup               = var.backup
    BackupDays           = tostring(var.backup_days)
    Cache                = var.cache
    CacheClass           = var.cache_class
    Cidr                 = var.cidr
    CloudFrontPrefixList = var.cloud_front_prefix_list
    DatabaseBackupDays   = tostring(var.database_backup_days)
    DatabaseClass        = var.database_class
    DatabaseEngine       = var.database_engine
    DatabaseInsights     = tostring(var.database_insights)
    DatabaseName         = var.database_name
    DatabaseStorage      = tostring(var.database_storage)
    DatabaseStorageLimit = tostring(var.database_storage_limit)
    DeletionProtection   = tostring(var.deletion_protection)
    EcsEndpoints         = tostring(var.ecs_endpoints)
    Egress               = var.egress
    Keys                 = var.keys
    MultiAz              = tostring(var.multi_az)
    Shape                = var.shape
    StoragePrefixList    = var.storage_prefix_list
    Zones                = var.zones
  }

  app_parameters = {
    AccessLogBucket         = var.access_log_bucket
    AdminNetworks           = join(",", var.admin_networks)
    AlarmSeconds            = tostring(var.alarm_seconds)
    AlarmTopic              = var.alarm_topic
    Cache                   = var.cache
    Capacity                = var.capacity
    Certificate             = var.certificate
    DataStack               = local.data.name
    DatabaseEngine          = var.database_engine
    DesiredCount            = var.desired_count
    DistributionCertificate = var.distribution_certificate
    DistributionFirewall    = var.distribution_firewall
    Domain                  = var.domain
    EphemeralStorage        = tostring(var.ephemeral_storage)
    Exec                    = var.exec
    Firewall                = var.firewall
    FirewallRate            = tostring(var.firewall_rate)
    HostedZone              = var.hosted_zone
    Image                   = aws_ssm_parameter.image.name
    Insights                = var.insights
    InstanceCount           = tostring(var.instance_count)
    InstanceType            = var.instance_type
    KeptImages              = tostring(var.kept_images)
    Keys                    = var.keys
    LogDays                 = var.log_days
    MaxCount                = tostring(var.max_count)
    MinCount                = tostring(var.min_count)
    PeakCount               = tostring(var.peak_count)
    PeakEnd                 = var.peak_end
    PeakStart               = var.peak_start
    PeakTimeZone            = var.peak_time_zone
    Processor               = var.processor
    Size                    = var.size
    TargetProcessor         = tostring(var.target_processor)
    TargetRequests          = tostring(var.target_requests)
    TrustedProxies          = var.trusted_proxies
  }

  # What holds data is replaced or removed only where that is let.
  data_policy = jsonencode({
    Statement = concat(
      [{ Effect = "Allow", Principal = "*", Action = "Update:*", Resource = "*" }],
      var.allow_replacement ? [] : [{
        Effect    = "Deny"
        Principal = "*"
        Action    = ["Update:Replace", "Update:Delete"]
        Resource = [
          "LogicalResourceId/BackupVault",
          "LogicalResourceId/CacheGroup",
          "LogicalResourceId/CacheSecret",
          "LogicalResourceId/Database",
          "LogicalResourceId/DatabaseCluster",
          "LogicalResourceId/DatabaseSecret",
          "LogicalResourceId/Files",
          "LogicalResourceId/Key",
          "LogicalResourceId/SaltsSecret",
        ]
      }],
    )
  })

  # Whichever of the two is there.
  data = one(concat(aws_cloudformation_stack.data, aws_cloudformation_stack.data_unprotected))
}

# The network, the database, the files and the secrets. CloudFormation's termination protection is not among
# the provider's arguments: this refusal is Terraform's own.
resource "aws_cloudformation_stack" "data" {
  count = var.protected ? 1 : 0

  name          = "${var.name}-data"
  template_body = local.data_template
  parameters    = local.data_parameters
  capabilities  = ["CAPABILITY_IAM"]
  tags          = var.tags
  policy_body   = local.data_policy

  timeouts {
    create = "120m"
    update = "120m"
    delete = "120m"
  }

  lifecycle {
    prevent_destroy = true
  }
}

# The same for sites that come and go.
resource "aws_cloudformation_stack" "data_unprotected" {
  count = var.protected ? 0 : 1

  name          = "${var.name}-data"
  template_body = local.data_template
  parameters    = local.data_parameters
  capabilities  = ["CAPABILITY_IAM"]
  tags          = var.tags
  policy_body   = local.data_policy

  timeouts {
    create = "120m"
    update = "120m"
    delete = "120m"
  }
}

# The load balancer, the registry and the service.
resource "aws_cloudformation_stack" "app" {
  name          = "${var.name}-app"
  template_body = local.app_template
  parameters    = local.app_parameters
  capabilities  = ["CAPABILITY_IAM"]
  tags          = var.tags

  timeouts {
    create = "120m"
    update = "120m"
    delete = "120m"
  }
}
