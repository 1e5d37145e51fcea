//! Words that several messages have in common.

/// Below this similarity it is another word, not a misspelling.
const NEAR: f64 = 0.7;

/// `a`, `b` or `c`.
pub(crate) fn one_of<T: AsRef<str>>(texts: &[T]) -> String {
    listed(texts, "or")
}

/// `a`, `b` and `c`.
pub(crate) fn all_of<T: AsRef<str>>(texts: &[T]) -> String {
    listed(texts, "and")
}

fn listed<T: AsRef<str>>(texts: &[T], joint: &str) -> String {
    let quoted: Vec<String> = texts
        .iter()
        .map(|text| format!("`{}`", text.as_ref()))
        .collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} {joint} {last}", rest.join(", ")),
        Some((last, _)) => last.clone(),
        None => String::new(),
    }
}

/// The one of these that was probably meant.
pub(crate) fn nearest<'k>(text: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    known
        .into_iter()
        .map(|known| (strsim::jaro_winkler(known, text), known))
        .filter(|(similarity, _)| *similarity >= NEAR)
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, known)| known)
}
