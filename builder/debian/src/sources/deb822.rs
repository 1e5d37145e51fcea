//! Paragraphs with `Types`, `URIs`, `Suites` and `Components`.

use super::{Source, SourcesError, source};
use crate::control::Paragraphs;

pub(super) fn parse(text: &str) -> Result<Vec<Source>, SourcesError> {
    let mut sources = Vec::new();
    for paragraph in Paragraphs::new(text) {
        let paragraph = paragraph?;
        let disabled = paragraph.get("Enabled").is_some_and(is_no);
        if disabled || !paragraph.words("Types").any(|kind| kind == "deb") {
            continue;
        }
        let words = |field| {
            paragraph
                .words(field)
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        for uri in paragraph.words("URIs") {
            sources.extend(source(uri, words("Suites"), words("Components")));
        }
    }
    Ok(sources)
}

/// apt's own words for false.
fn is_no(value: &str) -> bool {
    ["no", "false", "without", "off", "disable"]
        .iter()
        .any(|no| value.eq_ignore_ascii_case(no))
}
