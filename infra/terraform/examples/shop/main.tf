# A shop with a name of its own, an object cache, and tasks that are more numerous in working hours.

provider "aws" {
  region = "eu-west-1"
}

module "shop" {
  source = "../.."

  name        = "shop"
  domain      = "shop.example.com"
  hosted_zone = "Z0123456789ABC"

  cache           = "valkey"
  database_engine = "aurora"
  aurora_minimum  = "1"

  size       = "1024/2048"
  max_count  = 12
  peak_start = "cron(0 7 ? * MON-FRI *)"
  peak_end   = "cron(0 19 ? * MON-FRI *)"

  # After the first deployment: a number, and from then on "auto".
  desired_count = "0"

  admin_networks = ["192.0.2.0/24"]
  firewall       = "on"

  tags = { site = "shop" }
}

output "address" {
  value = module.shop.address
}

output "repository" {
  value = module.shop.repository
}
