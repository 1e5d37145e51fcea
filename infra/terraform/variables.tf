# Made from the stacks of infra/template: change these, then run
# WPIMG_WRITE_INFRA=1 cargo test -p wpimg-template --test written

variable "name" {
  description = "Name of the site: the stacks are NAME-data and NAME-app, the image is in /wpimg/NAME/image."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,38}[a-z0-9]$", var.name))
    error_message = "The name takes 2 to 40 lower-case letters, digits and hyphens, a letter first and no hyphen last."
  }
}

variable "first_image" {
  description = "The image until wpimg deploy writes another: then this is not looked at any more."
  type        = string
  default     = "none"
  nullable    = false
}

variable "protected" {
  description = "Whether Terraform refuses to destroy the data stack. README.md says how to change it later."
  type        = bool
  default     = true
  nullable    = false
}

variable "allow_replacement" {
  description = "Whether a change may replace or remove what holds data: database, files, secrets, keys."
  type        = bool
  default     = false
  nullable    = false
}

variable "tags" {
  description = "Tags of both stacks and of what is in them."
  type        = map(string)
  default     = {}
  nullable    = false
}

# What both stacks are told.

variable "cache" {
  description = "valkey: a Valkey for the object cache."
  type        = string
  default     = "none"
  nullable    = false

  validation {
    condition     = contains(["none", "valkey"], var.cache)
    error_message = "cache takes one of none, valkey."
  }
}

variable "database_engine" {
  description = "mysql: an instance of MySQL 8.4. aurora: Aurora MySQL 3, Serverless v2."
  type        = string
  default     = "mysql"
  nullable    = false

  validation {
    condition     = contains(["mysql", "aurora"], var.database_engine)
    error_message = "database_engine takes one of mysql, aurora."
  }
}

variable "keys" {
  description = "own: a key of this account encrypts database, files, secrets, cache and logs. A later change replaces what holds data."
  type        = string
  default     = "aws"
  nullable    = false

  validation {
    condition     = contains(["aws", "own"], var.keys)
    error_message = "keys takes one of aws, own."
  }
}

# What the data stack is told.

variable "aurora_maximum" {
  description = "Most capacity units with DatabaseEngine aurora, at least 1."
  type        = string
  default     = "4"
  nullable    = false

  validation {
    condition     = can(regex("^(0|0\\.5|[1-9][0-9]?(\\.5)?|1[0-9]{2}(\\.5)?|2[0-4][0-9](\\.5)?|25[0-5](\\.5)?|256)$", var.aurora_maximum))
    error_message = "aurora_maximum takes capacity units from 0 to 256 in steps of a half."
  }
}

variable "aurora_minimum" {
  description = "Least capacity units with DatabaseEngine aurora. 0 lets it pause."
  type        = string
  default     = "0.5"
  nullable    = false

  validation {
    condition     = can(regex("^(0|0\\.5|[1-9][0-9]?(\\.5)?|1[0-9]{2}(\\.5)?|2[0-4][0-9](\\.5)?|25[0-5](\\.5)?|256)$", var.aurora_minimum))
    error_message = "aurora_minimum takes capacity units from 0 to 256 in steps of a half."
  }
}

variable "backup" {
  description = "daily: AWS Backup keeps database and files in a vault, beside what RDS and EFS do themselves."
  type        = string
  default     = "none"
  nullable    = false

  validation {
    condition     = contains(["none", "daily"], var.backup)
    error_message = "backup takes one of none, daily."
  }
}

variable "backup_days" {
  description = "Days that the vault keeps what it has, with Backup daily."
  type        = number
  default     = 35
  nullable    = false

  validation {
    condition     = var.backup_days >= 1 && var.backup_days <= 36500 && floor(var.backup_days) == var.backup_days
    error_message = "backup_days takes a whole number from 1 to 36500."
  }
}

variable "cache_class" {
  description = "The cache's size."
  type        = string
  default     = "cache.t4g.small"
  nullable    = false

  validation {
    condition     = can(regex("^cache\\.[a-z0-9]+\\.[a-z0-9]+$", var.cache_class))
    error_message = "cache_class takes a class of ElastiCache, such as cache.t4g.small."
  }
}

variable "cidr" {
  description = "The network's addresses, from /16 to /21. Each subnet takes 256 of them."
  type        = string
  default     = "10.0.0.0/16"
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{1,3}(\\.[0-9]{1,3}){3}/(1[6-9]|2[01])$", var.cidr))
    error_message = "cidr takes an IPv4 network from /16 to /21, such as 10.0.0.0/16."
  }
}

variable "cloud_front_prefix_list" {
  description = "The region's prefix list com.amazonaws.global.cloudfront.origin-facing. With it the load balancer hears CloudFront only."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^(pl-[0-9a-f]{8,17})?$", var.cloud_front_prefix_list))
    error_message = "cloud_front_prefix_list takes the id of a prefix list, such as pl-0123abcd, or nothing."
  }
}

variable "database_backup_days" {
  description = "Days to whose every second the database can be restored."
  type        = number
  default     = 14
  nullable    = false

  validation {
    condition     = var.database_backup_days >= 1 && var.database_backup_days <= 35 && floor(var.database_backup_days) == var.database_backup_days
    error_message = "database_backup_days takes a whole number from 1 to 35."
  }
}

variable "database_class" {
  description = "The instance's size with DatabaseEngine mysql."
  type        = string
  default     = "db.t4g.medium"
  nullable    = false

  validation {
    condition     = can(regex("^db\\.[a-z0-9]+\\.[a-z0-9]+$", var.database_class))
    error_message = "database_class takes a class of RDS, such as db.t4g.medium."
  }
}

variable "database_insights" {
  description = "Whether the database keeps a week of its queries' load. Classes micro and small of db.t3 and db.t4g cannot."
  type        = bool
  default     = true
  nullable    = false
}

variable "database_name" {
  description = "The database's name. Another one makes a new, empty database."
  type        = string
  default     = "wordpress"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9_]{0,63}$", var.database_name))
    error_message = "database_name takes a letter, then letters, digits and underscores, up to 64 in all."
  }
}

variable "database_storage" {
  description = "GiB to begin with, with DatabaseEngine mysql."
  type        = number
  default     = 20
  nullable    = false

  validation {
    condition     = var.database_storage >= 20 && var.database_storage <= 65536 && floor(var.database_storage) == var.database_storage
    error_message = "database_storage takes a whole number from 20 to 65536."
  }
}

variable "database_storage_limit" {
  description = "GiB up to which the storage grows by itself, with DatabaseEngine mysql. At least a tenth above DatabaseStorage."
  type        = number
  default     = 200
  nullable    = false

  validation {
    condition     = var.database_storage_limit >= 22 && var.database_storage_limit <= 65536 && floor(var.database_storage_limit) == var.database_storage_limit
    error_message = "database_storage_limit takes a whole number from 22 to 65536."
  }
}

variable "deletion_protection" {
  description = "Whether RDS refuses to delete the database."
  type        = bool
  default     = true
  nullable    = false
}

variable "ecs_endpoints" {
  description = "Whether Egress endpoints has those of ECS itself. Instances need them, and Fargate in regions that opened since 2023-12-23."
  type        = bool
  default     = true
  nullable    = false
}

variable "egress" {
  description = "How tasks reach what is outside: AWS only over endpoints, one NAT gateway for all zones or one in each, or with public addresses."
  type        = string
  default     = "nat"
  nullable    = false

  validation {
    condition     = contains(["endpoints", "nat", "nat-per-az", "public"], var.egress)
    error_message = "egress takes one of endpoints, nat, nat-per-az, public."
  }
}

variable "multi_az" {
  description = "Whether database and cache have a second instance in another zone that takes over."
  type        = bool
  default     = true
  nullable    = false
}

variable "shape" {
  description = "single: nginx and php-fpm in one task. split: php-fpm tasks of their own behind an internal load balancer."
  type        = string
  default     = "single"
  nullable    = false

  validation {
    condition     = contains(["single", "split"], var.shape)
    error_message = "shape takes one of single, split."
  }
}

variable "storage_prefix_list" {
  description = "The region's prefix list of S3. With it and Egress endpoints, tasks may send to nothing else outside of the network."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^(pl-[0-9a-f]{8,17})?$", var.storage_prefix_list))
    error_message = "storage_prefix_list takes the id of a prefix list, such as pl-0123abcd, or nothing."
  }
}

variable "zones" {
  description = "How many availability zones have subnets."
  type        = string
  default     = "2"
  nullable    = false

  validation {
    condition     = contains(["2", "3"], var.zones)
    error_message = "zones takes one of 2, 3."
  }
}

# What the app stack is told.

variable "access_log_bucket" {
  description = "Bucket for the load balancer's log, which it may write to already. Empty: one is made."
  type        = string
  default     = ""
  nullable    = false
}

variable "admin_networks" {
  description = "IPv4 networks from which the dashboard and the log-in can be reached; only for Firewall=on. Empty: from everywhere."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "alarm_seconds" {
  description = "Seconds within which 95 of 100 requests have to be answered."
  type        = number
  default     = 3
  nullable    = false

  validation {
    condition     = var.alarm_seconds >= 1 && var.alarm_seconds <= 300 && floor(var.alarm_seconds) == var.alarm_seconds
    error_message = "alarm_seconds takes a whole number from 1 to 300."
  }
}

variable "alarm_topic" {
  description = "ARN of the topic that alarms go to. Empty: they only show."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^(arn:[a-z-]+:sns:.+)?$", var.alarm_topic))
    error_message = "alarm_topic takes the ARN of a topic of SNS."
  }
}

variable "capacity" {
  description = "Where tasks run: on Fargate, there with three of four on Spot, or on instances of your own, which need private subnets with a way out."
  type        = string
  default     = "fargate"
  nullable    = false

  validation {
    condition     = contains(["fargate", "fargate-spot", "ec2"], var.capacity)
    error_message = "capacity takes one of fargate, fargate-spot, ec2."
  }
}

variable "certificate" {
  description = "ARN of a certificate for Domain in this region. Empty: one is issued if there is a HostedZone, else HTTP serves."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^(arn:[a-z-]+:acm:.+)?$", var.certificate))
    error_message = "certificate takes the ARN of a certificate of ACM."
  }
}

variable "desired_count" {
  description = "Number of tasks to set. 0 until the first image is there, since a service that waits for one holds up the stack; afterwards auto, which leaves the number as it is."
  type        = string
  default     = "0"
  nullable    = false

  validation {
    condition     = can(regex("^(auto|[0-9]{1,3})$", var.desired_count))
    error_message = "desired_count takes auto, or a number of tasks."
  }
}

variable "distribution_certificate" {
  description = "ARN of a certificate for Domain in us-east-1: puts CloudFront in front. Empty: visitors come to the load balancer."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^(arn:[a-z-]+:acm:us-east-1:.+)?$", var.distribution_certificate))
    error_message = "distribution_certificate takes the ARN of a certificate of ACM in us-east-1."
  }
}

variable "distribution_firewall" {
  description = "ARN of a web ACL for CloudFront, which lives in us-east-1. Empty: none."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^(arn:[a-z-]+:wafv2:us-east-1:.+)?$", var.distribution_firewall))
    error_message = "distribution_firewall takes the ARN of a global web ACL."
  }
}

variable "domain" {
  description = "The site's name. Empty: the load balancer's own name, and HTTP only."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^([a-z0-9-]+(\\.[a-z0-9-]+)+)?$", var.domain))
    error_message = "domain takes a name such as shop.example.com, in lower case."
  }
}

variable "ephemeral_storage" {
  description = "GiB of a Fargate task's own disk, which large uploads pass through."
  type        = number
  default     = 21
  nullable    = false

  validation {
    condition     = var.ephemeral_storage >= 21 && var.ephemeral_storage <= 200 && floor(var.ephemeral_storage) == var.ephemeral_storage
    error_message = "ephemeral_storage takes a whole number from 21 to 200."
  }
}

variable "exec" {
  description = "Whether ECS Exec opens a shell in a task for those whom IAM lets."
  type        = string
  default     = "on"
  nullable    = false

  validation {
    condition     = contains(["on", "off"], var.exec)
    error_message = "exec takes one of on, off."
  }
}

variable "firewall" {
  description = "Whether a web ACL looks at what comes to the load balancer."
  type        = string
  default     = "off"
  nullable    = false

  validation {
    condition     = contains(["off", "on"], var.firewall)
    error_message = "firewall takes one of off, on."
  }
}

variable "firewall_rate" {
  description = "Requests that one address may send in five minutes; only for Firewall=on."
  type        = number
  default     = 2000
  nullable    = false

  validation {
    condition     = var.firewall_rate >= 100 && var.firewall_rate <= 2000000 && floor(var.firewall_rate) == var.firewall_rate
    error_message = "firewall_rate takes a whole number from 100 to 2000000."
  }
}

variable "hosted_zone" {
  description = "Id of the hosted zone of Domain, for its records and for the proof a certificate needs. Empty: both are made elsewhere."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^(Z[A-Z0-9]+)?$", var.hosted_zone))
    error_message = "hosted_zone takes the id of a hosted zone of Route 53."
  }
}

variable "insights" {
  description = "Container Insights: numbers of each task in CloudWatch, which cost."
  type        = string
  default     = "enabled"
  nullable    = false

  validation {
    condition     = contains(["enhanced", "enabled", "disabled"], var.insights)
    error_message = "insights takes one of enhanced, enabled, disabled."
  }
}

variable "instance_count" {
  description = "Most instances there may be; only for Capacity=ec2."
  type        = number
  default     = 6
  nullable    = false

  validation {
    condition     = var.instance_count >= 1 && var.instance_count <= 500 && floor(var.instance_count) == var.instance_count
    error_message = "instance_count takes a whole number from 1 to 500."
  }
}

variable "instance_type" {
  description = "Type of the instances, of the processor that Processor says; only for Capacity=ec2."
  type        = string
  default     = "t4g.medium"
  nullable    = false
}

variable "kept_images" {
  description = "Number of images that stay in the registry; what runs must be among them."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.kept_images >= 2 && var.kept_images <= 1000 && floor(var.kept_images) == var.kept_images
    error_message = "kept_images takes a whole number from 2 to 1000."
  }
}

variable "log_days" {
  description = "Days that the tasks' log is kept."
  type        = string
  default     = "30"
  nullable    = false

  validation {
    condition     = contains(["1", "3", "5", "7", "14", "30", "60", "90", "120", "150", "180", "365", "400", "545", "731", "1096", "1827", "2192", "2557", "2922", "3288", "3653"], var.log_days)
    error_message = "log_days takes one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653."
  }
}

variable "max_count" {
  description = "Most tasks that run."
  type        = number
  default     = 6
  nullable    = false

  validation {
    condition     = var.max_count >= 1 && var.max_count <= 1000 && floor(var.max_count) == var.max_count
    error_message = "max_count takes a whole number from 1 to 1000."
  }
}

variable "min_count" {
  description = "Least tasks that run; two are in two zones."
  type        = number
  default     = 2
  nullable    = false

  validation {
    condition     = var.min_count >= 1 && var.min_count <= 1000 && floor(var.min_count) == var.min_count
    error_message = "min_count takes a whole number from 1 to 1000."
  }
}

variable "peak_count" {
  description = "Least tasks from PeakStart to PeakEnd."
  type        = number
  default     = 4
  nullable    = false

  validation {
    condition     = var.peak_count >= 1 && var.peak_count <= 1000 && floor(var.peak_count) == var.peak_count
    error_message = "peak_count takes a whole number from 1 to 1000."
  }
}

variable "peak_end" {
  description = "When MinCount are enough again, as PeakStart."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^((cron|rate|at)\\(.+\\))?$", var.peak_end))
    error_message = "peak_end takes cron(...), rate(...) or at(...) of Application Auto Scaling."
  }
}

variable "peak_start" {
  description = "When there have to be PeakCount tasks, such as cron(0 8 ? * MON-FRI *). Empty: never."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^((cron|rate|at)\\(.+\\))?$", var.peak_start))
    error_message = "peak_start takes cron(...), rate(...) or at(...) of Application Auto Scaling."
  }
}

variable "peak_time_zone" {
  description = "Time zone of PeakStart and PeakEnd."
  type        = string
  default     = "Etc/UTC"
  nullable    = false
}

variable "processor" {
  description = "What the image is for."
  type        = string
  default     = "arm64"
  nullable    = false

  validation {
    condition     = contains(["arm64", "amd64"], var.processor)
    error_message = "processor takes one of arm64, amd64."
  }
}

variable "size" {
  description = "Processors (1024 is one) and MiB of a task."
  type        = string
  default     = "512/1024"
  nullable    = false

  validation {
    condition     = contains(["256/512", "256/1024", "256/2048", "512/1024", "512/2048", "512/4096", "1024/2048", "1024/3072", "1024/4096", "1024/8192", "2048/4096", "2048/6144", "2048/8192", "2048/16384", "4096/8192", "4096/16384", "4096/30720", "8192/16384", "8192/61440", "16384/32768"], var.size)
    error_message = "size takes one of 256/512, 256/1024, 256/2048, 512/1024, 512/2048, 512/4096, 1024/2048, 1024/3072, 1024/4096, 1024/8192, 2048/4096, 2048/6144, 2048/8192, 2048/16384, 4096/8192, 4096/16384, 4096/30720, 8192/16384, 8192/61440, 16384/32768."
  }
}

variable "target_processor" {
  description = "Per cent of their processors that tasks use on average."
  type        = number
  default     = 60
  nullable    = false

  validation {
    condition     = var.target_processor >= 10 && var.target_processor <= 90 && floor(var.target_processor) == var.target_processor
    error_message = "target_processor takes a whole number from 10 to 90."
  }
}

variable "target_requests" {
  description = "Requests a minute that a task gets on average."
  type        = number
  default     = 1000
  nullable    = false

  validation {
    condition     = var.target_requests >= 1 && var.target_requests <= 1000000 && floor(var.target_requests) == var.target_requests
    error_message = "target_requests takes a whole number from 1 to 1000000."
  }
}

variable "trusted_proxies" {
  description = "Networks in front of the load balancer whose X-Forwarded-For is believed, such as CloudFront's; the network's own always is."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^[0-9a-fA-F.:/, ]*$", var.trusted_proxies))
    error_message = "trusted_proxies takes networks such as 192.0.2.0/24, with commas between."
  }
}
