//! A price, and what it is in a region.

/// The region whose prices stand for those that are not known.
pub(super) const FALLBACK: &str = "us-east-1";

/// The price of one unit, in USD.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Price {
    pub(super) us_east_1: f64,
    /// `None` where no figure could be confirmed.
    pub(super) eu_west_1: Option<f64>,
    /// The day at which the figure was this, as `2026-10-02`.
    pub(super) as_of: &'static str,
    pub(super) source: &'static str,
}

/// A price as it applies to a stack.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Quote {
    pub(super) usd: f64,
    /// The region of the price, which need not be the stack's.
    pub(super) region: &'static str,
    pub(super) as_of: &'static str,
}

impl Price {
    pub(super) fn quote(&self, region: &str) -> Quote {
        let known = match region {
            "eu-west-1" => self.eu_west_1.map(|usd| (usd, "eu-west-1")),
            _ => None,
        };
        let (usd, region) = known.unwrap_or((self.us_east_1, FALLBACK));
        Quote {
            usd,
            region,
            as_of: self.as_of,
        }
    }
}

/// Prices by the class of what is rented, per hour.
pub(super) struct Classes {
    pub(super) as_of: &'static str,
    pub(super) source: &'static str,
    /// Class, us-east-1, eu-west-1.
    pub(super) rows: &'static [(&'static str, f64, Option<f64>)],
}

impl Classes {
    pub(super) fn quote(&self, class: &str, region: &str) -> Option<Quote> {
        self.price(class).map(|price| price.quote(region))
    }

    pub(super) fn price(&self, class: &str) -> Option<Price> {
        let row = self.rows.iter().find(|(known, _, _)| *known == class);
        row.map(|&(_, us_east_1, eu_west_1)| Price {
            us_east_1,
            eu_west_1,
            as_of: self.as_of,
            source: self.source,
        })
    }
}
