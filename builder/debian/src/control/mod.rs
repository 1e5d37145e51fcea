//! Paragraphs of `Field: value` lines, the format of every text file in a Debian archive.
//!
//! Paragraphs borrow from the text and are read one at a time, so an index of 50 MB needs no second
//! copy. Refuses duplicate fields, lines outside a field, oversized paragraphs and paragraphs
//! with absurdly many fields. Comment lines (`#`) are skipped. Source: deb822(5).

#[cfg(test)]
mod tests;

use thiserror::Error;

use crate::excerpt::excerpt;

/// A Release file is one paragraph of about 150 KB; nothing honest comes near this.
const LARGEST_PARAGRAPH: usize = 16 << 20;
const MOST_FIELDS: usize = 256;

/// Why a text is not a sequence of paragraphs. Lines count from 1.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ControlError {
    #[error("line {line}: `{excerpt}` is not `Field: value`")]
    NotAField { line: usize, excerpt: String },
    #[error("line {line}: continuation line before any field")]
    StrayContinuation { line: usize },
    #[error("line {line}: field `{field}` appears twice in one paragraph")]
    Duplicate { line: usize, field: String },
    #[error("line {line}: paragraph has more than {MOST_FIELDS} fields")]
    TooManyFields { line: usize },
    #[error("line {line}: paragraph is larger than {LARGEST_PARAGRAPH} bytes")]
    TooLarge { line: usize },
    #[error("text is not UTF-8 after byte {valid_up_to}")]
    NotUtf8 { valid_up_to: usize },
    #[error("expected one paragraph, found none")]
    Empty,
    #[error("line {line}: expected one paragraph, found another")]
    SecondParagraph { line: usize },
}

/// One field with its value as it stands in the text, continuation lines included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field<'a> {
    pub name: &'a str,
    pub value: &'a str,
    pub line: usize,
}

/// Consecutive fields up to an empty line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Paragraph<'a> {
    fields: Vec<Field<'a>>,
    line: usize,
    text: &'a str,
}

/// Iterates over the paragraphs of a text; ends after the first error.
#[derive(Debug, Clone)]
pub struct Paragraphs<'a> {
    rest: &'a str,
    line: usize,
}

impl<'a> Paragraph<'a> {
    /// Parses a text that holds exactly one paragraph.
    pub fn parse(text: &'a str) -> Result<Self, ControlError> {
        let mut paragraphs = Paragraphs::new(text);
        let only = paragraphs.next().ok_or(ControlError::Empty)??;
        match paragraphs.next() {
            None => Ok(only),
            Some(Ok(second)) => Err(ControlError::SecondParagraph { line: second.line }),
            Some(Err(error)) => Err(error),
        }
    }

    /// Returns a field's value without surrounding white space; the case of `name` does not matter.
    pub fn get(&self, name: &str) -> Option<&'a str> {
        self.fields
            .iter()
            .find(|field| field.name.eq_ignore_ascii_case(name))
            .map(|field| field.value.trim())
    }

    /// Returns the non-empty lines of a field, trimmed, without comments.
    pub fn lines(&self, name: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        self.get(name)
            .unwrap_or("")
            .lines()
            .filter(|line| !line.starts_with('#'))
            .map(str::trim)
            .filter(|line| !line.is_empty())
    }

    /// Returns the white-space separated words of a field.
    pub fn words(&self, name: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        self.lines(name).flat_map(str::split_ascii_whitespace)
    }

    pub fn fields(&self) -> &[Field<'a>] {
        &self.fields
    }

    /// Returns the line the paragraph starts on, counting from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// Returns the paragraph as it stands in the text, without the empty line after it.
    pub fn text(&self) -> &'a str {
        self.text
    }
}

impl<'a> Paragraphs<'a> {
    pub fn new(text: &'a str) -> Self {
        Self {
            rest: text,
            line: 1,
        }
    }

    /// Checks that the bytes are UTF-8 first, which the archive promises.
    pub fn from_bytes(bytes: &'a [u8]) -> Result<Self, ControlError> {
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Self::new(text)),
            Err(error) => Err(ControlError::NotUtf8 {
                valid_up_to: error.valid_up_to(),
            }),
        }
    }

    fn read(&mut self) -> Result<Option<Paragraph<'a>>, ControlError> {
        self.skip_blank_lines();
        if self.rest.is_empty() {
            return Ok(None);
        }
        let (start, first_line) = (self.rest, self.line);
        let mut fields: Vec<Field<'a>> = Vec::with_capacity(24);
        let mut used = 0;
        while used < start.len() {
            let remaining = &start[used..];
            let end = remaining
                .find('\n')
                .map_or(remaining.len(), |newline| newline + 1);
            let line = &remaining[..end];
            if is_blank(line) {
                break;
            }
            if used + end > LARGEST_PARAGRAPH {
                return Err(ControlError::TooLarge { line: first_line });
            }
            match line.as_bytes()[0] {
                b'#' => {}
                b' ' | b'\t' => {
                    let field = fields
                        .last_mut()
                        .ok_or(ControlError::StrayContinuation { line: self.line })?;
                    let value_start = offset_in(start, field.value);
                    field.value = &start[value_start..used + end];
                }
                _ => fields.push(parse_field(line, self.line, &fields)?),
            }
            used += end;
            self.line += 1;
        }
        self.rest = &start[used..];
        if fields.is_empty() {
            // Nothing but comments: no paragraph here, look behind them.
            return self.read_after_comments();
        }
        Ok(Some(Paragraph {
            fields,
            line: first_line,
            text: start[..used].trim_end_matches('\n'),
        }))
    }

    fn read_after_comments(&mut self) -> Result<Option<Paragraph<'a>>, ControlError> {
        loop {
            self.skip_blank_lines();
            if !self.rest.starts_with('#') {
                return self.read();
            }
            let end = self
                .rest
                .find('\n')
                .map_or(self.rest.len(), |newline| newline + 1);
            self.rest = &self.rest[end..];
            self.line += 1;
        }
    }

    fn skip_blank_lines(&mut self) {
        while !self.rest.is_empty() {
            let end = self
                .rest
                .find('\n')
                .map_or(self.rest.len(), |newline| newline + 1);
            if !is_blank(&self.rest[..end]) {
                return;
            }
            self.rest = &self.rest[end..];
            self.line += 1;
        }
    }
}

impl<'a> Iterator for Paragraphs<'a> {
    type Item = Result<Paragraph<'a>, ControlError>;

    fn next(&mut self) -> Option<Self::Item> {
        let read = self.read();
        if read.is_err() {
            self.rest = "";
        }
        read.transpose()
    }
}

fn parse_field<'a>(
    line: &'a str,
    number: usize,
    earlier: &[Field<'a>],
) -> Result<Field<'a>, ControlError> {
    let Some((name, value)) = line.split_once(':').filter(|(name, _)| is_field_name(name)) else {
        return Err(ControlError::NotAField {
            line: number,
            excerpt: excerpt(line.trim_end()),
        });
    };
    if earlier.len() >= MOST_FIELDS {
        return Err(ControlError::TooManyFields { line: number });
    }
    if earlier
        .iter()
        .any(|field| field.name.eq_ignore_ascii_case(name))
    {
        return Err(ControlError::Duplicate {
            line: number,
            field: excerpt(name),
        });
    }
    Ok(Field {
        name,
        value,
        line: number,
    })
}

/// Printable ASCII without space and colon, not starting with `-` or `#`.
fn is_field_name(name: &str) -> bool {
    !name.is_empty() && !name.starts_with('-') && name.bytes().all(|byte| byte.is_ascii_graphic())
}

/// A line of only spaces and tabs separates paragraphs just as an empty one does.
fn is_blank(line: &str) -> bool {
    line.bytes()
        .all(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
}

fn offset_in(text: &str, part: &str) -> usize {
    part.as_ptr().addr() - text.as_ptr().addr()
}
