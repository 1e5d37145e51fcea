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

/// How good or bad a part of a result is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    Good,
    Notable,
    Bad,
    /// Of less interest than what stands beside it.
    Quiet,
}

/// Colours a part of a result.
pub(super) fn tone(colour: Colour, tone: Tone, text: &str) -> String {
    let number = match tone {
        Tone::Good => 32,
        Tone::Notable => 33,
        Tone::Bad => 31,
        Tone::Quiet => 2,
    };
    match colour {
        Colour::Plain => text.to_owned(),
        Colour::Painted => format!("\x1b[{number}m{text}\x1b[0m"),
    }
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
