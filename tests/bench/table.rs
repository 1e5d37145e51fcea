//! The result as a Markdown table on standard output.

/// Rows in the order in which they were added.
pub(crate) struct Table {
    rows: Vec<[String; 4]>,
}

impl Table {
    pub(crate) fn new() -> Self {
        Self { rows: Vec::new() }
    }

    pub(crate) fn row(&mut self, what: &str, ours: &str, theirs: &str, comparison: &str) {
        self.rows
            .push([what, ours, theirs, comparison].map(str::to_owned));
    }

    #[expect(clippy::print_stdout, reason = "the table is the benchmark's result")]
    pub(crate) fn print(&self) {
        println!("Median (lowest-highest) of several runs, side by side:\n");
        println!("| | wpimg | other | |");
        println!("|---|---|---|---|");
        for row in &self.rows {
            println!("| {} |", row.join(" | "));
        }
    }
}
