//! Licences as plugin headers and package manifests of other ecosystems name them.

use spdx::Expression;

use super::{Licence, names};

/// Nothing that names a licence is longer.
const LONGEST: usize = 1 << 10;

/// Returns the expression in its strict spelling, if it is one.
///
/// Identifiers are not completed or guessed: `GPL` alone names no version.
pub(super) fn spdx(text: &str) -> Option<Licence> {
    if text.len() > LONGEST {
        return None;
    }
    let spaced = text
        .replace('/', " OR ")
        .replace('(', " ( ")
        .replace(')', " ) ");
    let words = spaced.split_whitespace().map(|word| {
        let upper = word.to_ascii_uppercase();
        match upper.as_str() {
            "AND" | "OR" | "WITH" => upper,
            _ => names::gnu(word).unwrap_or_else(|| word.to_owned()),
        }
    });
    let strict = words
        .collect::<Vec<_>>()
        .join(" ")
        .replace("( ", "(")
        .replace(" )", ")");
    // A reference to a licence text that is somewhere else would point at nothing here.
    if strict.contains("Ref-") {
        return None;
    }
    Expression::parse(&strict).ok()?;
    Some(of_id(strict))
}

/// Returns what one of the usual spellings in WordPress headers means.
pub(super) fn plugin(text: &str) -> Option<Licence> {
    if text.len() > LONGEST {
        return None;
    }
    gnu(text).or_else(|| debian(text)).or_else(|| spdx(text))
}

/// `GPLv2 or later`, `GPL v3`, `GNU General Public License v2.0 or later`, `GPL2+`.
fn gnu(text: &str) -> Option<Licence> {
    let lower = text.to_ascii_lowercase().replace(['(', ')', ','], " ");
    let mut words: Vec<&str> = lower
        .split_whitespace()
        .filter(|word| !["the", "gnu", "license", "licence", "version", "v"].contains(word))
        .collect();
    let (or_later, words) = match words.as_slice() {
        [rest @ .., "or", "later" | "newer" | "higher"]
        | [rest @ .., "or", "any", "later"]
        | [rest @ .., "and", "later"] => (true, rest.to_vec()),
        _ => (false, std::mem::take(&mut words)),
    };
    let joined = words
        .join("")
        .replace("lessergeneralpublic", "lgpl")
        .replace("afferogeneralpublic", "agpl")
        .replace("generalpublic", "gpl");
    let family = ["lgpl", "agpl", "gpl"]
        .into_iter()
        .find(|family| joined.starts_with(family))?;
    let version = joined[family.len()..].trim_start_matches(['-', 'v', '.']);
    let (version, plus) = match version.strip_suffix('+') {
        Some(version) => (version, true),
        None => (version, false),
    };
    let is_number = |text: &str| {
        text.starts_with(|first: char| first.is_ascii_digit())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'.')
    };
    if !is_number(version) {
        return None;
    }
    let plus = if or_later || plus { "+" } else { "" };
    names::licence(&format!("{family}-{version}{plus}")).map(of_id)
}

/// One word, or a few that are one identifier once joined: `MIT`, `Apache 2.0`, `BSD 3-Clause`.
fn debian(text: &str) -> Option<Licence> {
    let name = text.split_whitespace().collect::<Vec<_>>().join("-");
    names::known(&name)
        .map(str::to_owned)
        .or_else(|| names::licence(&name))
        .map(of_id)
}

fn of_id(id: String) -> Licence {
    Licence {
        expression: Some(id),
        custom: Vec::new(),
    }
}
