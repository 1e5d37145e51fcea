use proptest::prelude::*;

use super::*;

const FORMAT: &str =
    "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\n";

fn of_stanzas(licences: &[&str]) -> Licence {
    let stanzas: String = licences
        .iter()
        .map(|licence| format!("Files: *\nLicense: {licence}\n\n"))
        .collect();
    Licence::from_copyright(format!("{FORMAT}{stanzas}").as_bytes())
}

fn check(licences: &[&str], expected: &str) {
    let licence = of_stanzas(licences);
    assert_eq!(licence.expression(), Some(expected), "{licences:?}");
    spdx::Expression::parse(expected).unwrap();
}

#[test]
fn short_names_of_debian_become_identifiers() {
    for (name, expected) in [
        ("GPL-2+", "GPL-2.0-or-later"),
        ("GPL-2", "GPL-2.0-only"),
        ("gpl-3.0+", "GPL-3.0-or-later"),
        ("GPL-3.0-or-later", "GPL-3.0-or-later"),
        ("LGPL-2.1+", "LGPL-2.1-or-later"),
        ("LGPL-2", "LGPL-2.0-only"),
        ("AGPL-3+", "AGPL-3.0-or-later"),
        ("GFDL-1.3", "GFDL-1.3-only"),
        ("GFDL-NIV-1.3+", "GFDL-1.3-no-invariants-or-later"),
        ("Expat", "MIT"),
        ("MIT", "MIT"),
        ("BSD-3-clause", "BSD-3-Clause"),
        ("BSD-2", "BSD-2-Clause"),
        ("Apache-2.0", "Apache-2.0"),
        ("Apache-2", "Apache-2.0"),
        ("MPL-2", "MPL-2.0"),
        ("zlib", "Zlib"),
        ("ISC", "ISC"),
        ("CC0", "CC0-1.0"),
        ("CC-BY-SA-3.0", "CC-BY-SA-3.0"),
        ("Artistic", "Artistic-1.0-Perl"),
        ("Artistic-2", "Artistic-2.0"),
        ("curl", "curl"),
        ("PHP-3.01", "PHP-3.01"),
        ("BSL-1", "BSL-1.0"),
        (
            "GPL-3+ with Bison exception",
            "GPL-3.0-or-later WITH Bison-exception-2.2",
        ),
        (
            "Apache-2.0 with LLVM exception",
            "Apache-2.0 WITH LLVM-exception",
        ),
        (
            "GPL-2 with Linux-syscall-note exception",
            "GPL-2.0-only WITH Linux-syscall-note",
        ),
    ] {
        check(&[name], expected);
    }
}

#[test]
fn names_without_one_meaning_keep_their_own_name() {
    for (name, expected) in [
        ("public-domain", "LicenseRef-debian-public-domain"),
        ("GPL", "LicenseRef-debian-GPL"),
        ("Unicode", "LicenseRef-debian-Unicode"),
        ("permissive", "LicenseRef-debian-permissive"),
        ("OPL-1.0", "LicenseRef-debian-OPL-1.0"),
    ] {
        check(&[name], expected);
        assert_eq!(of_stanzas(&[name]).custom()[0].name(), name);
    }
    for name in ["GPL-2+ with Autoconf exception", "MPL-1.1+"] {
        let licence = of_stanzas(&[name]);
        assert_eq!(licence.custom()[0].name(), name);
        assert_eq!(licence.expression(), Some(licence.custom()[0].id()));
    }
}

#[test]
fn stanzas_are_joined_sorted_and_said_once() {
    check(
        &["GPL-2+", "Expat", "GPL-2+", "Expat and ISC"],
        "GPL-2.0-or-later AND ISC AND MIT",
    );
    check(
        &["GPL-1+ or Artistic"],
        "Artistic-1.0-Perl OR GPL-1.0-or-later",
    );
    check(
        &["GPL-1+ or Artistic", "Expat", "Artistic or GPL-1+"],
        "(Artistic-1.0-Perl OR GPL-1.0-or-later) AND MIT",
    );
}

#[test]
fn and_binds_tighter_than_or_and_a_comma_looser() {
    check(
        &["GPL-1+ or Artistic, and Expat"],
        "(Artistic-1.0-Perl OR GPL-1.0-or-later) AND MIT",
    );
    check(&["Expat or ISC and Zlib"], "(ISC AND Zlib) OR MIT");
    check(&["Expat and ISC, or Zlib"], "(ISC AND MIT) OR Zlib");
}

#[test]
fn a_line_that_says_more_than_the_grammar_is_one_licence() {
    for line in [
        "Expat, ISC",
        "Expat and/or ISC",
        "Expat, and ISC, or Zlib",
        "(Expat or ISC) and Zlib",
        "see above",
        "Expat and",
        "or ISC",
    ] {
        let licence = of_stanzas(&[line]);
        assert_eq!(licence.custom().len(), 1, "{line}: {licence:?}");
        assert_eq!(licence.custom()[0].name(), line);
        spdx::Expression::parse(licence.expression().unwrap()).unwrap();
    }
}

#[test]
fn the_text_comes_from_the_paragraph_of_that_name() {
    let file = format!(
        "{FORMAT}Files: *\nLicense: house or Expat\n\nLicense: House\n Do as\n .\n  you like.\n"
    );
    let licence = Licence::from_copyright(file.as_bytes());
    assert_eq!(licence.custom()[0].text(), Some("Do as\n\n you like."));
    let other = Licence::from_copyright(file.replace("you", "we").as_bytes());
    assert_ne!(licence.custom()[0].id(), other.custom()[0].id());
}

#[test]
fn mit_is_believed_unless_its_text_is_another() {
    let with_text = |text: &str| {
        let file = format!("{FORMAT}Files: *\nLicense: MIT\n {text}\n");
        Licence::from_copyright(file.as_bytes())
    };
    let expat = with_text(
        "Permission is hereby granted, free of charge, to any person obtaining a copy\n of this.\n .\n \
         The above copyright notice and this permission notice shall be included.\n .\n \
         THE SOFTWARE IS PROVIDED \"AS IS\".",
    );
    assert_eq!(expat.expression(), Some("MIT"));
    let other = with_text("Permission to use is granted to our friends.");
    assert_eq!(other.custom()[0].name(), "MIT");
    assert!(
        other
            .expression()
            .unwrap()
            .starts_with("LicenseRef-debian-MIT-")
    );
}

#[test]
fn the_header_speaks_when_no_stanza_does() {
    let file = FORMAT.replace("\n\n", "\nLicense: ISC\n");
    assert_eq!(
        Licence::from_copyright(file.as_bytes()).expression(),
        Some("ISC")
    );
}

#[test]
fn what_no_machine_can_read_asserts_nothing() {
    let stray = format!("{FORMAT}Files: *\nthis is prose\n");
    let huge = format!(
        "{FORMAT}Files: *\nLicense: Expat\n {}\n",
        "x".repeat(9 << 20)
    );
    let many: String = (0..600)
        .map(|number| format!("Files: *\nLicense: own{number}\n\n"))
        .collect();
    let long = format!("{FORMAT}Files: *\nLicense: {}\n", "a or ".repeat(4000));
    for file in [
        "",
        "This package was debianized by hand.\n\nIt is under the GPL.\n",
        "Package: nginx\nLicense: Expat\n",
        FORMAT,
        &stray,
        &huge,
        &format!("{FORMAT}{many}"),
        &long,
    ] {
        let licence = Licence::from_copyright(file.as_bytes());
        assert_eq!(
            licence,
            Licence::default(),
            "{}",
            file.chars().take(80).collect::<String>()
        );
    }
}

#[test]
fn a_long_text_is_cut_and_says_so() {
    let file = format!("{FORMAT}Files: *\nLicense: own\n {}\n", "ü".repeat(50_000));
    let licence = Licence::from_copyright(file.as_bytes());
    let text = licence.custom()[0].text().unwrap();
    assert!(text.len() < LONGEST_TEXT + 100);
    assert!(text.ends_with("ü\n[cut after 32768 bytes]"));
}

#[test]
fn plugin_headers_are_read_as_people_write_them() {
    for (header, expected) in [
        ("GPLv2 or later", "GPL-2.0-or-later"),
        ("GPL v2 or later", "GPL-2.0-or-later"),
        ("GPL-2.0+", "GPL-2.0-or-later"),
        ("GPL2+", "GPL-2.0-or-later"),
        ("GPL2", "GPL-2.0-only"),
        ("GPLv3", "GPL-3.0-only"),
        ("GPL-2.0-or-later", "GPL-2.0-or-later"),
        (
            "GNU General Public License v2.0 or later",
            "GPL-2.0-or-later",
        ),
        (
            "GNU General Public License, version 3 (or any later)",
            "GPL-3.0-or-later",
        ),
        ("GNU Lesser General Public License v2.1", "LGPL-2.1-only"),
        ("LGPLv2.1+", "LGPL-2.1-or-later"),
        ("AGPL-3.0", "AGPL-3.0-only"),
        ("MIT", "MIT"),
        ("Apache 2.0", "Apache-2.0"),
        ("MIT OR GPL-2.0-or-later", "MIT OR GPL-2.0-or-later"),
    ] {
        let licence = Licence::from_plugin_header(header);
        assert_eq!(licence.expression(), Some(expected), "{header}");
    }
    for header in [
        "GPL",
        "GPL or MIT",
        "Regular licence (ThemeForest)",
        "GPL v2 or later; see x",
    ] {
        let licence = Licence::from_plugin_header(header);
        assert!(
            licence
                .expression()
                .unwrap()
                .starts_with("LicenseRef-declared-"),
            "{header}"
        );
        assert_eq!(licence.custom()[0].name(), header);
    }
    assert_eq!(Licence::from_plugin_header(" "), Licence::default());
}

#[test]
fn the_spellings_of_cargo_become_strict() {
    for (text, expected) in [
        ("MIT OR Apache-2.0", "MIT OR Apache-2.0"),
        ("MIT/Apache-2.0", "MIT OR Apache-2.0"),
        (
            "(MIT OR Apache-2.0) AND Unicode-3.0",
            "(MIT OR Apache-2.0) AND Unicode-3.0",
        ),
        (
            "Apache-2.0 WITH LLVM-exception OR MIT",
            "Apache-2.0 WITH LLVM-exception OR MIT",
        ),
        ("gpl-2.0+ or MIT", "GPL-2.0-or-later OR MIT"),
    ] {
        assert_eq!(Licence::from_spdx(text).expression(), Some(expected));
    }
    for text in ["MIT OR LicenseRef-elsewhere", "GPL", "apache", "MIT OR"] {
        let odd = Licence::from_spdx(text);
        assert_eq!(odd.custom()[0].name(), text);
    }
    assert_eq!(Licence::from_spdx(""), Licence::default());
}

proptest! {
    #[test]
    fn whatever_a_file_says_the_expression_is_valid_and_its_references_are_known(
        synopses in prop::collection::vec(
            prop::collection::vec(
                prop_oneof![
                    Just("and".to_owned()), Just("or".to_owned()), Just("with".to_owned()),
                    Just("exception".to_owned()), Just("GPL-2+".to_owned()), Just("Expat".to_owned()),
                    Just("MIT".to_owned()), Just("Apache-2,".to_owned()), Just(",".to_owned()),
                    Just("Bison".to_owned()), "\\PC{1,12}",
                ],
                1..8,
            ),
            1..6,
        )
    ) {
        let lines: Vec<String> = synopses.iter().map(|words| words.join(" ")).collect();
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let licence = of_stanzas(&lines);
        if let Some(expression) = licence.expression() {
            prop_assert!(spdx::Expression::parse(expression).is_ok(), "{}", expression);
            let used: Vec<&str> = expression
                .split([' ', '(', ')'])
                .filter(|word| word.starts_with("LicenseRef-"))
                .collect();
            for word in &used {
                prop_assert!(licence.custom().iter().any(|custom| custom.id() == *word));
            }
            for custom in licence.custom() {
                prop_assert!(used.contains(&custom.id()));
            }
        }
    }

    #[test]
    fn no_header_makes_an_invalid_expression(text in "\\PC{0,60}") {
        for licence in [Licence::from_plugin_header(&text), Licence::from_spdx(&text)] {
            if let Some(expression) = licence.expression() {
                prop_assert!(spdx::Expression::parse(expression).is_ok(), "{}", expression);
            }
        }
    }

    #[test]
    fn any_bytes_can_be_read(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let mut file = FORMAT.as_bytes().to_vec();
        file.extend(bytes);
        let _: Licence = Licence::from_copyright(&file);
    }
}
