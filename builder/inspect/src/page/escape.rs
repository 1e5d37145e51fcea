//! Text of strangers inside HTML, and JSON inside a script element.

use crate::plain::plain;

/// Returns text for an element or a quoted attribute.
pub(super) fn html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in plain(text).chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// Returns JSON that cannot end the script element it stands in, nor open a comment there.
pub(super) fn json(value: &serde_json::Value) -> String {
    let text = value.to_string();
    text.replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leaves_its_place() {
        let name = "</script><img src=x onerror=\"alert('1')\">&";
        assert!(!html(name).contains(['<', '>', '"', '\'']));
        let value = serde_json::json!([name, "<!--"]);
        let spelled = json(&value);
        assert!(!spelled.contains(['<', '>', '&']));
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&spelled).unwrap(),
            value
        );
    }
}
