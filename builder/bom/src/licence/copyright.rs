//! Debian's machine-readable copyright files (`/usr/share/doc/*/copyright`).
//!
//! ```text
//! Format: …/copyright-format/1.0/
//!
//! Files: *
//! License: GPL-2+ or Artistic, and Expat      every stanza's licences hold: AND
//!
//! License: Expat                              a text that stanzas above refer to
//!  Permission is hereby granted …
//! ```
//!
//! A file that is not such paragraphs is not read further. Source: copyright-format 1.0.

use std::collections::{BTreeMap, BTreeSet};

use wpimg_debian::control::{Paragraph, Paragraphs};

use super::{
    CustomLicence, Licence,
    expression::{All, Any},
    names,
    synopsis::{self, Term},
};

/// Four times the largest copyright file of a full installation.
const LARGEST_FILE: usize = 8 << 20;
const LONGEST_SYNOPSIS: usize = 4 << 10;

/// Where names are looked up while one file is read.
struct Reading {
    /// Licence texts by their name in lower case.
    texts: BTreeMap<String, String>,
    custom: BTreeMap<String, CustomLicence>,
}

/// Returns nothing where the file says nothing that a machine could read.
pub(super) fn read(file: &[u8]) -> Option<Licence> {
    if file.len() > LARGEST_FILE {
        return None;
    }
    let text = String::from_utf8_lossy(file);
    let mut paragraphs = Paragraphs::new(text.strip_prefix('\u{feff}').unwrap_or(&text));
    let header = paragraphs.next()?.ok()?;
    if !is_machine_readable(&header) {
        return None;
    }
    let rest: Vec<Paragraph<'_>> = paragraphs.collect::<Result<_, _>>().ok()?;

    let mut reading = Reading {
        texts: texts(std::iter::once(&header).chain(&rest)),
        custom: BTreeMap::new(),
    };
    let stanzas = synopses(rest.iter().filter(|stanza| stanza.get("Files").is_some()));
    let synopses = if stanzas.is_empty() {
        synopses(std::iter::once(&header))
    } else {
        stanzas
    };
    let mut all = All::default();
    for synopsis in synopses {
        reading.demand(synopsis, &mut all)?;
    }
    Some(Licence {
        expression: all.spell(),
        custom: reading.custom.into_values().collect(),
    })
}

fn is_machine_readable(header: &Paragraph<'_>) -> bool {
    let format = header
        .get("Format")
        .or_else(|| header.get("Format-Specification"));
    // The drafts before 1.0 lay at other addresses, with one of these words in each.
    format.is_some_and(|format| {
        let format = format.to_ascii_lowercase();
        [
            "copyright-format",
            "copyrightformat",
            "/dep5",
            "dep-5",
            "dep/deps/dep5",
        ]
        .iter()
        .any(|word| format.contains(word))
    })
}

/// The first line of each `License` field, once.
fn synopses<'a>(stanzas: impl Iterator<Item = &'a Paragraph<'a>>) -> BTreeSet<&'a str> {
    stanzas
        .filter_map(|stanza| synopsis(stanza.get("License")?))
        .collect()
}

fn synopsis(field: &str) -> Option<&str> {
    field
        .lines()
        .next()
        .map(str::trim)
        .filter(|line| !line.is_empty())
}

fn texts<'a>(stanzas: impl Iterator<Item = &'a Paragraph<'a>>) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    for stanza in stanzas {
        let Some(field) = stanza.get("License") else {
            continue;
        };
        if let (Some(name), Some((_, text))) = (synopsis(field), field.split_once('\n')) {
            texts
                .entry(name.to_ascii_lowercase())
                .or_insert_with(|| unfolded(text));
        }
    }
    texts
}

/// Takes the field's indentation off; a line of one full stop was empty.
fn unfolded(text: &str) -> String {
    let lines = text.lines().map(|line| match line.trim_end() {
        " ." | "\t." => "",
        line => line.strip_prefix([' ', '\t']).unwrap_or(line),
    });
    lines.collect::<Vec<_>>().join("\n")
}

impl Reading {
    /// Adds what one synopsis demands; says nothing when the file goes beyond any honest one.
    fn demand(&mut self, synopsis: &str, all: &mut All) -> Option<()> {
        if synopsis.len() > LONGEST_SYNOPSIS {
            return None;
        }
        let Some(demands) = synopsis::parse(synopsis) else {
            let whole = self.custom(synopsis, synopsis)?;
            return all.add(Any::from([BTreeSet::from([whole])]));
        };
        for alternatives in demands {
            let identified = alternatives
                .into_iter()
                .map(|terms| {
                    terms
                        .iter()
                        .map(|term| self.identify(term, synopsis))
                        .collect()
                })
                .collect::<Option<Any>>()?;
            all.add(identified)?;
        }
        Some(())
    }

    fn identify(&mut self, term: &Term<'_>, synopsis: &str) -> Option<String> {
        let known = match term {
            Term::Name(name) if name.eq_ignore_ascii_case("mit") => self
                .texts
                .get("mit")
                .is_none_or(|text| names::is_expat(text))
                .then(|| "MIT".to_owned()),
            Term::Name(name) => names::licence(name),
            Term::WithException { name, exception } => names::with_exception(name, exception),
        };
        known.or_else(|| self.custom(&term.to_string(), synopsis))
    }

    /// The text may stand below the name itself, or below the whole line that mentions it.
    fn custom(&mut self, name: &str, synopsis: &str) -> Option<String> {
        let text = self
            .texts
            .get(&name.to_ascii_lowercase())
            .or_else(|| self.texts.get(&synopsis.to_ascii_lowercase()));
        let custom = CustomLicence::new("debian", name, text.map(String::as_str))?;
        let id = custom.id.clone();
        self.custom.insert(id.clone(), custom);
        Some(id)
    }
}
