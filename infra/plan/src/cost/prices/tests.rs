//! What must hold of the figures.

use super::*;
use crate::cost::price::{FALLBACK, Price};

fn all() -> Vec<(String, Price)> {
    let items = Item::ALL.map(|item| (format!("{item:?}"), item.price()));
    let tables = [&DATABASE_CLASSES, &CACHE_NODES, &INSTANCES];
    let classes = tables.into_iter().flat_map(|table| {
        let rows = table.rows.iter();
        rows.map(|(class, _, _)| ((*class).to_owned(), table.price(class).unwrap()))
    });
    items.into_iter().chain(classes).collect()
}

#[test]
fn every_price_is_one_and_says_where_it_is_from() {
    let prices = all();
    assert!(prices.len() > 90);
    for (name, price) in prices {
        let europe = price.eu_west_1.unwrap_or(price.us_east_1);
        assert!(price.us_east_1 > 0.0, "{name}");
        // Ireland is never cheaper, nor dearer by a quarter: else a digit is wrong.
        let ratio = europe / price.us_east_1;
        assert!((1.0..1.25).contains(&ratio), "{name}: {ratio}");
        let day: Vec<&str> = price.as_of.split('-').collect();
        assert_eq!(
            day.iter().map(|part| part.len()).collect::<Vec<_>>(),
            [4, 2, 2],
            "{name}"
        );
        let has_page = price.source.contains("aws.amazon.com/");
        assert!(
            has_page || price.source.contains("AWS Price List"),
            "{name}"
        );
    }
}

/// In a family the next size is twice as large, and costs twice as much. RDS rounds to a tenth of a cent.
#[test]
fn the_next_size_costs_twice_as_much() {
    let sizes = ["large", "xlarge", "2xlarge"];
    let mut compared = 0;
    for table in [&DATABASE_CLASSES, &CACHE_NODES, &INSTANCES] {
        for (class, price, _) in table.rows {
            let (family, size) = class.rsplit_once('.').unwrap();
            let next = sizes
                .iter()
                .position(|known| known == &size)
                .map(|at| at + 1);
            let Some(next) = next.and_then(|at| sizes.get(at)) else {
                continue;
            };
            let Some(next) = table.price(&format!("{family}.{next}")) else {
                continue;
            };
            let ratio = next.us_east_1 / price;
            assert!((1.98..2.02).contains(&ratio), "{class}: {ratio}");
            compared += 1;
        }
    }
    assert!(compared > 20, "{compared}");
}

#[test]
fn regions_without_prices_have_those_of_the_first_one() {
    for (region, expected) in [
        ("us-east-1", (0.045, FALLBACK)),
        ("eu-west-1", (0.048, "eu-west-1")),
        ("ap-south-1", (0.045, FALLBACK)),
        ("", (0.045, FALLBACK)),
    ] {
        let quote = Item::NatGateway.quote(region);
        let same = (quote.usd - expected.0).abs() < 1e-9 && quote.region == expected.1;
        assert!(same, "{region}: {quote:?}");
    }
    assert_eq!(Item::FargateStorage.quote("eu-west-1").region, FALLBACK);
    assert_eq!(INSTANCES.quote("t9.huge", "us-east-1"), None);
}
