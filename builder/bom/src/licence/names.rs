//! Debian's short names of licences, in the identifiers of SPDX.
//!
//! Names are those of the machine-readable copyright format 1.0 and those that packages use beside
//! it. A name that means different texts in different packages (`Unicode`, `permissive`, `GPL`
//! without a version) has no identifier here; nor has a deprecated one.

use spdx::identifiers::{EXCEPTIONS, LICENSES};

/// Spellings that no rule below finds.
const SPELLINGS: [(&str, &str); 25] = [
    ("apache-license-2.0", "Apache-2.0"),
    ("artistic", "Artistic-1.0-Perl"),
    ("artistic-1", "Artistic-1.0-Perl"),
    ("artistic-1.0", "Artistic-1.0-Perl"),
    ("boost-1.0", "BSL-1.0"),
    ("bsd-2-clause-freebsd", "BSD-2-Clause"),
    ("bsd-2-clause-netbsd", "BSD-2-Clause"),
    ("bsd-2", "BSD-2-Clause"),
    ("bsd2", "BSD-2-Clause"),
    ("bsd-3", "BSD-3-Clause"),
    ("bsd3", "BSD-3-Clause"),
    ("bsd-4", "BSD-4-Clause"),
    ("cc0", "CC0-1.0"),
    ("expat", "MIT"),
    ("gfdl-niv-1.1", "GFDL-1.1-no-invariants-only"),
    ("gfdl-niv-1.1+", "GFDL-1.1-no-invariants-or-later"),
    ("gfdl-niv-1.2", "GFDL-1.2-no-invariants-only"),
    ("gfdl-niv-1.2+", "GFDL-1.2-no-invariants-or-later"),
    ("gfdl-niv-1.3", "GFDL-1.3-no-invariants-only"),
    ("gfdl-niv-1.3+", "GFDL-1.3-no-invariants-or-later"),
    ("openldap-2.8", "OLDAP-2.8"),
    ("png", "Libpng"),
    ("psf-2", "PSF-2.0"),
    ("zlib/libpng", "Zlib"),
    ("zope-2.1", "ZPL-2.1"),
];

/// Names that read like an identifier and are used for other texts too: `OPL` is the Open
/// Publication License in most packages and the Open Public License in the SPDX list.
const AMBIGUOUS: [&str; 5] = ["mit", "openssl", "opl-1", "opl-1.0", "unicode"];

/// The licences of the FSF, which say `-only` and `-or-later` where others say nothing and `+`.
const GNU: [&str; 4] = ["AGPL", "GFDL", "GPL", "LGPL"];

/// Exceptions whose name means one text.
const EXCEPTION_NAMES: [(&str, &str); 8] = [
    ("bison", "Bison-exception-2.2"),
    ("classpath", "Classpath-exception-2.0"),
    ("font", "Font-exception-2.0"),
    ("libtool", "Libtool-exception"),
    ("linux-syscall-note", "Linux-syscall-note"),
    ("llvm", "LLVM-exception"),
    ("texinfo", "Texinfo-exception"),
    ("u-boot", "u-boot-exception-2.0"),
];

/// Returns the SPDX identifier of one Debian short name.
pub(super) fn licence(name: &str) -> Option<String> {
    let lower = name.to_ascii_lowercase();
    if let Some((_, spelling)) = SPELLINGS.iter().find(|(debian, _)| *debian == lower) {
        return Some((*spelling).to_owned());
    }
    if let Some(id) = gnu(name) {
        return Some(id);
    }
    if AMBIGUOUS.contains(&lower.as_str()) {
        return None;
    }
    // Tools know `+` behind few identifiers, and such a name's text is in the copyright file.
    if name.ends_with('+') {
        return None;
    }
    known(name)
        .or_else(|| known(&format!("{name}.0")))
        .map(str::to_owned)
}

/// Returns the SPDX identifier of a licence with an exception, as in `GPL-3+ with Bison exception`.
pub(super) fn with_exception(licence_name: &str, exception: &str) -> Option<String> {
    let id = licence(licence_name)?;
    let lower = exception.to_ascii_lowercase();
    let exception = EXCEPTION_NAMES
        .iter()
        .find(|(name, _)| *name == lower)
        .map(|(_, id)| *id)
        .or_else(|| known_exception(&lower))?;
    Some(format!("{id} WITH {exception}"))
}

/// Tells whether a text is the licence that SPDX calls `MIT` and Debian `Expat`.
pub(super) fn is_expat(text: &str) -> bool {
    let words: Vec<&str> = text
        .split_whitespace()
        .filter(|word| *word != ".")
        .collect();
    let text = words.join(" ").to_ascii_lowercase();
    [
        "permission is hereby granted, free of charge, to any person obtaining a copy",
        "the above copyright notice and this permission notice",
        "the software is provided \"as is\"",
    ]
    .iter()
    .all(|sentence| text.contains(sentence))
        && !text.contains("except as contained in this notice")
}

/// Reads `GPL-2+`, `LGPL-2.1`, `GPL-2.0+` and `gpl-3.0-or-later`.
pub(super) fn gnu(name: &str) -> Option<String> {
    let (family, version) = name.split_once('-')?;
    let family = GNU
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(family))?;
    let lower = version.to_ascii_lowercase();
    let (number, scope) = if let Some(number) = lower.strip_suffix("-or-later") {
        (number, "or-later")
    } else if let Some(number) = lower.strip_suffix("-only") {
        (number, "only")
    } else if let Some(number) = lower.strip_suffix('+') {
        (number, "or-later")
    } else {
        (lower.as_str(), "only")
    };
    let full = if number.contains('.') {
        number.to_owned()
    } else {
        format!("{number}.0")
    };
    known(&format!("{family}-{full}-{scope}")).map(str::to_owned)
}

pub(super) fn known(name: &str) -> Option<&'static str> {
    LICENSES
        .iter()
        .find(|licence| licence.name.eq_ignore_ascii_case(name))
        .filter(|licence| licence.flags & spdx::flags::IS_DEPRECATED == 0)
        .map(|licence| licence.name)
}

fn known_exception(name: &str) -> Option<&'static str> {
    EXCEPTIONS
        .iter()
        .find(|exception| exception.name.eq_ignore_ascii_case(name))
        .filter(|exception| exception.flags & spdx::flags::IS_DEPRECATED == 0)
        .map(|exception| exception.name)
}
