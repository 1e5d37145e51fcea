//! The registry's own words about a failure, cut to what a terminal can bear.
//!
//! Distribution-spec, "Error codes": `{"errors":[{"code":…,"message":…}]}`.

use std::fmt;

use serde::Deserialize;

/// More than any registry has to say.
const LONGEST: usize = 300;

/// An error code and message; both may be missing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diagnostic {
    code: Option<String>,
    message: Option<String>,
}

#[derive(Deserialize)]
struct Body {
    #[serde(default)]
    errors: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    code: Option<String>,
    message: Option<String>,
}

impl Diagnostic {
    /// Reads what it can; a body in another form says nothing.
    pub(crate) fn parse(body: &[u8]) -> Self {
        let Ok(Body { errors }) = serde_json::from_slice(body) else {
            return Self::default();
        };
        let first = errors.into_iter().next();
        first.map_or_else(Self::default, |entry| Self {
            code: entry.code.as_deref().and_then(clean),
            message: entry.message.as_deref().and_then(clean),
        })
    }

    /// Returns the registry's code, such as `NAME_UNKNOWN`.
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }
}

/// Continues a sentence: nothing, or a colon and what the registry said.
impl fmt::Display for Diagnostic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.code, &self.message) {
            (Some(code), Some(message)) => write!(formatter, ": `{code}`, {message}"),
            (Some(text), None) => write!(formatter, ": `{text}`"),
            (None, Some(text)) => write!(formatter, ": {text}"),
            (None, None) => Ok(()),
        }
    }
}

/// Terminals obey control characters, so none gets through.
fn clean(text: &str) -> Option<String> {
    let text: String = text
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| !c.is_control())
        .take(LONGEST)
        .collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::Diagnostic;

    fn check(body: &str, expected: &str) {
        assert_eq!(Diagnostic::parse(body.as_bytes()).to_string(), expected);
    }

    #[test]
    fn the_first_error_is_told_in_one_clean_line() {
        check(
            r#"{"errors":[{"code":"DENIED","message":"no \u001b[2J\nway","detail":{}},{"code":"B"}]}"#,
            ": `DENIED`, no [2J way",
        );
        check(r#"{"errors":[{"code":"DENIED"}]}"#, ": `DENIED`");
        check(r#"{"errors":[{"message":" \u0007"}]}"#, "");
        for silent in [
            "",
            "<html>",
            "{}",
            r#"{"errors":[]}"#,
            r#"{"errors":[{}]}"#,
            "[1]",
        ] {
            check(silent, "");
        }
        let long = format!(r#"{{"errors":[{{"message":"{}"}}]}}"#, "ü".repeat(10_000));
        assert_eq!(
            Diagnostic::parse(long.as_bytes())
                .message()
                .unwrap()
                .chars()
                .count(),
            300
        );
    }
}
