//! The results as Markdown tables on standard output.

use std::fmt::Display;

/// What a figure has to reach.
#[derive(Clone, Copy)]
pub(crate) enum Target {
    AtMost(f64),
    AtLeast(f64),
}

impl Target {
    /// The target in words, and whether this figure meets it.
    pub(crate) fn verdict(self, figure: f64, unit: &str) -> String {
        let (sign, limit, met) = match self {
            Self::AtMost(limit) => ("≤", limit, figure <= limit),
            Self::AtLeast(limit) => ("≥", limit, figure >= limit),
        };
        let verdict = if met { "met" } else { "**missed**" };
        format!("{sign} {limit}{unit}: {verdict}")
    }
}

/// One table with its heading. Rows stand in the order in which they were added.
pub(crate) struct Table {
    title: &'static str,
    columns: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new(title: &'static str, columns: &[&'static str]) -> Self {
        Self {
            title,
            columns: columns.to_vec(),
            rows: Vec::new(),
        }
    }

    pub(crate) fn row(&mut self, cells: &[&dyn Display]) {
        let cells = cells.iter().map(ToString::to_string);
        self.rows.push(cells.collect());
    }

    #[expect(clippy::print_stdout, reason = "the table is the benchmark's result")]
    pub(crate) fn print(&self) {
        println!("**{}**\n", self.title);
        println!("| {} |", self.columns.join(" | "));
        println!("|{}", "---|".repeat(self.columns.len()));
        for row in &self.rows {
            println!("| {} |", row.join(" | "));
        }
        println!();
    }
}
