//! What an estimate takes for given because no template says it.

/// Quantities that depend on the site. Each that is used is told with the estimate.
#[derive(Clone, Debug, PartialEq)]
pub struct Assumptions {
    /// GB of uploads, all in standard storage.
    pub file_gigabytes: f64,
    /// Capacity units that a load balancer uses in each hour. One is 25 new connections a second, or 1 GB an hour
    /// (Elastic Load Balancing pricing, "LCU details").
    pub balancer_units: f64,
    /// Zones of a load balancer whose subnets are not known here. It has a public address in each.
    pub zones: u32,
    /// Part of the price of Fargate that Spot costs. AWS changes it with supply and demand, and speaks of up to 70 per cent
    /// less (AWS Fargate pricing, "Fargate Spot pricing"); this is more careful.
    pub spot_share: f64,
}

impl Default for Assumptions {
    fn default() -> Self {
        Self {
            file_gigabytes: 10.0,
            balancer_units: 1.0,
            zones: 2,
            spot_share: 0.5,
        }
    }
}
