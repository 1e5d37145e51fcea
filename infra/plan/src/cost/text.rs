//! Estimates as people read them.

use std::fmt;

use super::{
    difference::{Difference, LineDifference},
    estimate::{Estimate, Line, NotCounted, cents},
    price::FALLBACK,
};
use crate::shown::escaped;

/// A line of a table: what, and USD.
type Row = (String, String);

/// Sums stand below each other, however long the longest line is.
fn table(formatter: &mut fmt::Formatter<'_>, rows: &[Row]) -> fmt::Result {
    let width = |column: fn(&Row) -> &String| {
        let lengths = rows.iter().map(|row| column(row).chars().count());
        lengths.max().unwrap_or_default()
    };
    let (names, sums) = (width(|row| &row.0), width(|row| &row.1));
    rows.iter()
        .try_for_each(|(what, sum)| writeln!(formatter, "  {what:<names$}  {sum:>sums$}"))
}

fn named(logical_id: &str, what: &str, detail: &str) -> String {
    let logical_id = escaped(logical_id);
    if detail.is_empty() {
        format!("{logical_id}: {what}")
    } else {
        format!("{logical_id}: {what} ({})", escaped(detail))
    }
}

impl Estimate {
    /// One line that every sum needs beside it.
    pub fn caveat(&self) -> String {
        let Some(date) = self.date else {
            return "an estimate: nothing in it has a price".to_owned();
        };
        let own = escaped(&self.region);
        let is_own = |region: &&str| *region == self.region;
        let prices = match (
            self.regions_of_prices.iter().any(is_own),
            self.regions_of_prices.iter().all(is_own),
        ) {
            (true, true) => format!("list prices of {own}"),
            (true, false) => {
                format!("list prices of {own}, and of {FALLBACK} where those are not known,")
            }
            (false, _) => {
                format!("list prices of {FALLBACK}, which may differ from those of {own},")
            }
        };
        format!(
            "an estimate in USD a month: {prices} from {date} or later, without tax, discounts and usage"
        )
    }
}

/// A line for each part, the sum, and what it leaves out.
impl fmt::Display for Estimate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rows: Vec<Row> = Vec::new();
        for line in &self.lines {
            let what = named(&line.logical_id, line.what, &line.detail);
            let mark = if line.region == self.region { "" } else { " *" };
            rows.push((format!("{what}{mark}"), format!("{:.2}", line.monthly)));
        }
        rows.push(("about".to_owned(), format!("{:.2}", self.total())));
        table(formatter, &rows)?;
        writeln!(formatter, "This is {}.", self.caveat())?;
        if self.lines.iter().any(|line| line.region != self.region) {
            writeln!(
                formatter,
                "* at the price of {FALLBACK}, since the region's own is not known here"
            )?;
        }
        for assumed in &self.assumed {
            writeln!(formatter, "Assumed: {}.", escaped(assumed))?;
        }
        for entry in &self.not_counted {
            writeln!(formatter, "Not in the estimate: {entry}.")?;
        }
        Ok(())
    }
}

impl fmt::Display for NotCounted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [logical_id, kind, why] =
            [&self.logical_id, &self.kind, &self.why].map(|text| escaped(text));
        write!(formatter, "{logical_id} ({kind}): {why}")
    }
}

/// A line for each part that changes, and the sum.
impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rows: Vec<Row> = Vec::new();
        for line in &self.lines {
            rows.push((line.to_string(), format!("{:+.2}", cents(line.monthly()))));
        }
        let sums = format!("about {:.2} before, {:.2} after", self.before, self.after);
        rows.push((sums, format!("{:+.2}", cents(self.monthly()))));
        table(formatter, &rows)?;
        for entry in &self.newly_not_counted {
            writeln!(formatter, "Not in the estimate: {entry}.")?;
        }
        Ok(())
    }
}

/// What changes, without the sum.
impl fmt::Display for LineDifference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let detail = |line: &Line| line.detail.clone();
        let before = self.before.as_ref().map(detail);
        let after = self.after.as_ref().map(detail);
        let details = match (before, after) {
            (Some(before), Some(after)) if before != after => format!("{before} -> {after}"),
            (Some(detail), Some(_) | None) | (None, Some(detail)) => detail,
            (None, None) => String::new(),
        };
        formatter.write_str(&named(&self.logical_id, self.what, &details))
    }
}
