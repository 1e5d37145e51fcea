//! Tables in plain text: columns as wide as their widest cell, and never wider than a line.

use crate::plain::shorten_middle;

/// A line of 100 columns fits a terminal beside an editor, and a comment of a review.
pub(crate) const LINE: usize = 100;
const GAP: &str = "  ";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
}

/// Rows of a table under its heads.
pub(crate) struct Table<const N: usize> {
    heads: [(&'static str, Align); N],
    rows: Vec<[String; N]>,
}

impl<const N: usize> Table<N> {
    pub(crate) fn new(heads: [(&'static str, Align); N]) -> Self {
        Self {
            heads,
            rows: Vec::new(),
        }
    }

    pub(crate) fn row(&mut self, cells: [String; N]) {
        self.rows.push(cells);
    }

    /// Writes the table, indented by two; the widest left-aligned column gives way to the line's end.
    pub(crate) fn write(&self, text: &mut String) {
        let mut widths = self.heads.map(|(head, _)| head.chars().count());
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        let total: usize = widths.iter().sum::<usize>() + GAP.len() * N;
        let widest = (0..N)
            .filter(|&column| self.heads[column].1 == Align::Left)
            .max_by_key(|&column| widths[column]);
        if let Some(column) = widest {
            let excess = total.saturating_sub(LINE);
            widths[column] = widths[column].saturating_sub(excess).max(8);
        }
        let heads = self.heads.map(|(head, _)| head.to_owned());
        for row in std::iter::once(&heads).chain(&self.rows) {
            let mut line = String::new();
            for (column, cell) in row.iter().enumerate() {
                line.push_str(GAP);
                let cell = shorten_middle(cell, widths[column]);
                let padding = " ".repeat(widths[column].saturating_sub(cell.chars().count()));
                match self.heads[column].1 {
                    Align::Left => line.extend([&*cell, &*padding]),
                    Align::Right => line.extend([&*padding, &*cell]),
                }
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
    }
}
