//! Parts of a text between two marks, so that what is generated stands in what somebody has written.
//!
//! ```text
//! <!-- generated: NAME -->
//! what is replaced
//! <!-- end: NAME -->
//! ```

use thiserror::Error;

/// Why a part was not replaced.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PartError {
    #[error("there is no line `{mark}`")]
    Missing { mark: String },
    #[error("there is a second line `{mark}`")]
    Repeated { mark: String },
    #[error("the line `{end}` comes before `{begin}`")]
    Reversed { begin: String, end: String },
}

impl PartError {
    /// What whoever has the text can do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Missing { .. } => {
                "put the line where the generated part belongs, each mark on a line of its own"
            }
            Self::Repeated { .. } => "remove one of the two",
            Self::Reversed { .. } => "swap the two marks",
        }
    }
}

/// The text with other lines between the marks of a part.
pub fn replaced(text: &str, name: &str, content: &str) -> Result<String, PartError> {
    let begin = format!("<!-- generated: {name} -->");
    let end = format!("<!-- end: {name} -->");
    let after_begin = position(text, &begin)?.end;
    let before_end = position(text, &end)?.start;
    if before_end < after_begin {
        return Err(PartError::Reversed { begin, end });
    }
    let content = content.trim_end_matches('\n');
    Ok(format!(
        "{}{content}\n{}",
        &text[..after_begin],
        &text[before_end..]
    ))
}

/// The bytes of the only line that is this mark, with the line break at its end.
fn position(text: &str, mark: &str) -> Result<std::ops::Range<usize>, PartError> {
    let mut start = 0;
    let mut found = None;
    for line in text.split_inclusive('\n') {
        let end = start + line.len();
        if line.trim_end() == mark {
            if found.is_some() {
                let mark = mark.to_owned();
                return Err(PartError::Repeated { mark });
            }
            found = Some(start..end);
        }
        start = end;
    }
    found.ok_or_else(|| PartError::Missing {
        mark: mark.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "a\n<!-- generated: x -->\nold\n\nold\n<!-- end: x -->\nb\n";

    #[test]
    fn what_is_between_the_marks_is_replaced_and_nothing_else() {
        let expected = "a\n<!-- generated: x -->\nnew\nlines\n<!-- end: x -->\nb\n";
        let found = replaced(TEXT, "x", "new\nlines\n\n").unwrap();
        assert_eq!(found, expected);
        assert_eq!(replaced(&found, "x", "new\nlines").unwrap(), expected);
    }

    #[test]
    fn marks_that_do_not_fit_are_refused() {
        let mark = |mark: &str| mark.to_owned();
        for (text, expected) in [
            (
                "",
                PartError::Missing {
                    mark: mark("<!-- generated: x -->"),
                },
            ),
            (
                "<!-- generated: x -->\n",
                PartError::Missing {
                    mark: mark("<!-- end: x -->"),
                },
            ),
            (
                "<!-- generated: x -->\n<!-- generated: x -->\n<!-- end: x -->",
                PartError::Repeated {
                    mark: mark("<!-- generated: x -->"),
                },
            ),
            (
                "<!-- end: x -->\n<!-- generated: x -->\n",
                PartError::Reversed {
                    begin: mark("<!-- generated: x -->"),
                    end: mark("<!-- end: x -->"),
                },
            ),
        ] {
            assert_eq!(replaced(text, "x", "new"), Err(expected), "{text}");
        }
    }
}
