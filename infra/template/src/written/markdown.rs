//! Markdown, as far as generated parts need it.

/// A table. Columns of numbers have a name that ends with `:`, which is not shown, and stand on the right.
pub fn table<const N: usize>(
    columns: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> String {
    let line = |cells: [String; N]| {
        let cells = cells.map(|cell| cell.replace('|', "\\|"));
        format!("| {} |\n", cells.join(" | "))
    };
    let rules = columns.map(|name| if name.ends_with(':') { "---:|" } else { "---|" });
    let head = line(columns.map(|name| name.trim_end_matches(':').to_owned()));
    let rule = format!("|{}\n", rules.concat());
    let rows = rows.into_iter().map(line);
    [head, rule].into_iter().chain(rows).collect()
}

/// A name as it is written in code.
pub fn code(text: &str) -> String {
    format!("`{text}`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_does_not_end_a_cell() {
        let rows = [["a|b".to_owned(), "1".to_owned()]];
        assert_eq!(
            table(["x", "y:"], rows),
            "| x | y |\n|---|---:|\n| a\\|b | 1 |\n"
        );
    }
}
