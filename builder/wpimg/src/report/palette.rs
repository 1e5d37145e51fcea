//! The colours of messages: ECMA-48 SGR sequences, the eight basic colours only.
//!
//! Basic colours follow the user's own theme, light or dark.

/// Whether messages are coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Colour {
    Painted,
    Plain,
}

/// What a piece of text is, which decides its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Verb,
    Warning,
    Error,
    Hint,
}

/// Wraps `text` in the style's sequence, unless colours are off.
pub(super) fn paint(colour: Colour, style: Style, text: &str) -> String {
    match colour {
        Colour::Plain => text.to_owned(),
        Colour::Painted => format!("\x1b[1;{}m{text}\x1b[0m", foreground(style)),
    }
}

fn foreground(style: Style) -> u8 {
    const RED: u8 = 31;
    const GREEN: u8 = 32;
    const YELLOW: u8 = 33;
    const CYAN: u8 = 36;
    match style {
        Style::Verb => GREEN,
        Style::Hint => CYAN,
        Style::Warning => YELLOW,
        Style::Error => RED,
    }
}
