//! The figures on the page agree with each other.

use crate::{
    choices::CHOICES,
    page,
    shape::{REGIONS, Site},
};

/// The cells of the rows of a table, without its head.
fn rows(text: &str, begins_with: &str) -> Vec<Vec<String>> {
    let lines = text
        .lines()
        .skip_while(|line| !line.starts_with(begins_with));
    let lines = lines.take_while(|line| line.starts_with('|')).skip(2);
    lines
        .map(|line| {
            line.trim_matches('|')
                .split('|')
                .map(|cell| cell.trim().to_owned())
                .collect()
        })
        .collect()
}

fn usd(cell: &str) -> f64 {
    let figure = cell.trim_end_matches("\\*").trim_matches(['*', ' ']);
    figure
        .parse()
        .unwrap_or_else(|error| panic!("`{cell}`: {error}"))
}

#[test]
fn lines_add_up_to_the_sums_below_them() {
    let rows = rows(&page::text(), "| Stack |");
    for column in [4, 5] {
        let (mut stack, mut all) = (0.0, 0.0);
        let mut sums = 0;
        for row in &rows {
            let figure = usd(&row[column]);
            let expected = match row[1].as_str() {
                "**data stack**" | "**app stack**" => std::mem::take(&mut stack),
                "**both stacks**" => std::mem::take(&mut all),
                _ => {
                    stack += figure;
                    all += figure;
                    continue;
                }
            };
            // Each line is rounded to a cent.
            assert!((figure - expected).abs() < 0.03, "{row:?}: {expected}");
            sums += 1;
        }
        assert_eq!(sums, 3);
    }
}

#[test]
fn every_line_of_the_estimates_is_on_the_page() {
    let text = page::text();
    for region in REGIONS {
        for (stack, estimate) in Site::of(&[], region).stacks() {
            for line in &estimate.lines {
                let is_there = rows(&text, "| Stack |").iter().any(|row| {
                    let is_named = row[1].contains(&format!("`{}`", line.logical_id));
                    row[0] == stack && is_named && row[2].starts_with(line.what)
                });
                assert!(is_there, "{line:?}");
            }
            for entry in &estimate.not_counted {
                let name = format!("`{}`", entry.logical_id);
                let mut lines = text.lines().filter(|line| line.starts_with("- "));
                let is_there = |line: &str| line.contains(&name) && line.ends_with(&entry.why);
                assert!(lines.any(is_there), "{entry:?}");
            }
        }
    }
}

#[test]
fn a_choice_is_its_difference_away_from_the_default() {
    let text = page::text();
    let rows_of_choices = rows(&text, "| Choice |");
    assert_eq!(rows_of_choices.len(), CHOICES.len());
    let all = rows(&text, "| Stack |");
    let defaults = all.last().unwrap();
    for row in &rows_of_choices {
        for (sum, change, default) in [(1, 2, 4), (3, 4, 5)] {
            let expected = usd(&defaults[default]) + usd(&row[change]);
            assert!((usd(&row[sum]) - expected).abs() < 0.015, "{row:?}");
        }
    }
    let changes = |row: &&Vec<String>| usd(&row[2]).abs() > 0.0 && usd(&row[4]).abs() > 0.0;
    // All but the default itself.
    assert_eq!(
        rows_of_choices.iter().filter(changes).count(),
        CHOICES.len() - 1
    );
}

/// The data stack's exports are known to the app stack, so nothing is guessed of the network.
#[test]
fn the_app_stack_knows_the_network() {
    for chosen in CHOICES {
        let site = Site::of(chosen, REGIONS[0]);
        let (assumed, open) = (site.app.assumed.join("\n"), site.app.not_counted.iter());
        assert!(!assumed.contains("zones"), "{chosen:?}: {assumed}");
        assert_eq!(
            open.filter(|entry| entry.why.contains("if they have"))
                .count(),
            0,
            "{chosen:?}"
        );
    }
    let addresses = |chosen| {
        let site = Site::of(chosen, REGIONS[0]);
        let mut lines = site.app.lines.iter();
        lines.any(|line| line.logical_id == "Service" && line.what == "public addresses")
    };
    assert!(addresses(&[("Egress", "public")]));
    assert!(!addresses(&[]));
}

/// Where a price of the region itself is not known, neither is what a choice of it costs there.
#[test]
fn changes_at_the_price_of_another_region_are_marked() {
    let rows = rows(&page::text(), "| Choice |");
    let mut marked = 0;
    for row in &rows {
        assert!(
            !row[2].ends_with('*'),
            "the first region has all prices: {row:?}"
        );
        let about_database = row[0].contains("Database") || row[0].contains("MultiAz");
        if about_database || row[0].contains("Cache") {
            assert!(row[4].ends_with('*'), "{row:?}");
            marked += 1;
        }
        if row[0].contains("Egress") {
            assert!(!row[4].ends_with('*'), "{row:?}");
        }
    }
    assert_eq!(marked, 3);
}
