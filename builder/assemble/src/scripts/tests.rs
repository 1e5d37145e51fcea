use super::*;

#[test]
fn a_script_of_generated_sections_is_boilerplate() {
    let script = "#!/bin/sh\nset -e\n# Automatically added by dh_installsystemd/13.24.2\n\
                  systemctl daemon-reload\n# End automatically added section\nexit 0\n";
    assert!(is_boilerplate(script));
}

#[test]
fn a_command_outside_generated_sections_is_not_boilerplate() {
    assert!(!is_boilerplate(
        "#!/bin/sh\nset -e\nadduser --system mysql\n"
    ));
}

#[test]
fn a_generated_section_that_changes_files_is_not_boilerplate() {
    let script = "#!/bin/sh\n# Automatically added by dh_installalternatives/13\n\
                  update-alternatives --install /a a /b 1\n# End automatically added section\n";
    assert!(!is_boilerplate(script));
}

#[test]
fn a_family_covers_every_version_and_extension_but_not_its_neighbours() {
    assert!(matches_family("php*.*-*", "php8.4-redis"));
    assert!(matches_family("php*.*-*", "php10.0-fpm"));
    assert!(!matches_family("php*.*-*", "php-common"));
    assert!(!matches_family("nginx", "nginx-light"));
}

#[test]
fn an_unknown_script_is_refused_by_name_unless_allowed() {
    let mut control = ControlArchive::default();
    control
        .scripts
        .insert(ScriptKind::Postinst, "#!/bin/sh\nadduser x\n".to_owned());
    let error = review("mariadb-server", "11.8", &control, &BTreeSet::new()).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("package `mariadb-server` 11.8 has a postinst script")
    );
    assert!(
        error
            .hint()
            .unwrap()
            .contains("allow-scripts = [\"mariadb-server\"]")
    );
    let allowed = BTreeSet::from(["mariadb-server".to_owned()]);
    assert_eq!(
        review("mariadb-server", "11.8", &control, &allowed).unwrap(),
        Verdict::NotNeeded
    );
}

#[test]
fn only_scripts_of_an_installation_are_reviewed() {
    let outcome = |kind, text: &str| {
        let mut control = ControlArchive::default();
        control.scripts.insert(kind, text.to_owned());
        review("unknown", "1.0", &control, &BTreeSet::new())
    };
    let command = "#!/bin/sh\nadduser x\n";
    for (kind, name) in [
        (ScriptKind::Preinst, "preinst"),
        (ScriptKind::Postinst, "postinst"),
    ] {
        assert_eq!(outcome(kind, command).unwrap_err().script, name);
        assert_eq!(
            outcome(kind, "#!/bin/sh\nset -e\n").unwrap(),
            Verdict::NotNeeded
        );
    }
    for kind in [ScriptKind::Prerm, ScriptKind::Postrm, ScriptKind::Config] {
        assert_eq!(outcome(kind, command).unwrap(), Verdict::NotNeeded);
    }
}

#[test]
fn a_reviewed_package_says_what_stands_in_for_its_scripts() {
    for (package, verdict) in [
        ("base-passwd", Verdict::Reproduced("accounts")),
        ("php8.4-mysql", Verdict::Reproduced("php")),
        ("libc6", Verdict::NotNeeded),
    ] {
        let mut control = ControlArchive::default();
        let text = "#!/bin/sh\nupdate-passwd\n".to_owned();
        control.scripts.insert(ScriptKind::Postinst, text);
        let found = review(package, "1.0", &control, &BTreeSet::new());
        assert_eq!(found.unwrap(), verdict, "{package}");
    }
}

#[test]
fn a_section_ends_where_debhelper_says_so() {
    let script = "#!/bin/sh\n# Automatically added by dh_makeshlibs/13\nldconfig\n\
                  # End automatically added section\nadduser x\n";
    assert!(!is_boilerplate(script));
}
