use super::*;
use crate::testing::{apart, package};

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

const COMMAND: &str = "#!/bin/sh\nadduser x\n";

/// Reviews a package `unknown` with one script.
fn outcome(kind: ScriptKind, text: &str) -> Result<Verdict, Vec<&'static str>> {
    let mut control = ControlArchive::default();
    control.scripts.insert(kind, text.to_owned());
    review("unknown", &control)
}

#[test]
fn unknown_scripts_are_refused_together_and_in_order_unless_allowed() {
    let packages = [
        package("zz").script(ScriptKind::Postinst, COMMAND),
        package("less").script(ScriptKind::Postinst, COMMAND),
        package("allowed").script(ScriptKind::Postinst, COMMAND),
        package("aa")
            .script(ScriptKind::Preinst, COMMAND)
            .script(ScriptKind::Postinst, COMMAND),
    ]
    .map(|package| apart(&package));
    let allowed = BTreeSet::from(["allowed".to_owned()]);
    let error = review_all(&packages, &allowed).unwrap_err();
    assert_eq!(
        error.to_string(),
        "2 packages have scripts that wpimg does not know, and wpimg never runs scripts: \
         `aa` 1.0 (preinst, postinst), `zz` 1.0 (postinst)"
    );
    let alone = review_all(&packages[..1], &allowed).unwrap_err();
    assert_eq!(
        alone.to_string(),
        "package `zz` 1.0 (postinst) has a script that wpimg does not know, and wpimg never runs scripts"
    );
    // The line takes the place of the recipe's own.
    let hint = error.hint().unwrap();
    let line = "`allow-scripts = [\"aa\", \"allowed\", \"zz\"]`";
    assert!(hint.contains(line), "{hint}");
    let allowed = ["aa", "allowed", "zz"].map(str::to_owned).into();
    assert!(review_all(&packages, &allowed).is_ok());
}

#[test]
fn only_scripts_of_an_installation_are_reviewed() {
    for (kind, name) in [
        (ScriptKind::Preinst, "preinst"),
        (ScriptKind::Postinst, "postinst"),
    ] {
        assert_eq!(outcome(kind, COMMAND), Err(vec![name]));
        assert_eq!(outcome(kind, "#!/bin/sh\nset -e\n"), Ok(Verdict::NotNeeded));
    }
    for kind in [ScriptKind::Prerm, ScriptKind::Postrm, ScriptKind::Config] {
        assert_eq!(outcome(kind, COMMAND), Ok(Verdict::NotNeeded));
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
        control
            .scripts
            .insert(ScriptKind::Postinst, COMMAND.to_owned());
        assert_eq!(review(package, &control), Ok(verdict), "{package}");
    }
}

#[test]
fn a_section_ends_where_debhelper_says_so() {
    let script = "#!/bin/sh\n# Automatically added by dh_makeshlibs/13\nldconfig\n\
                  # End automatically added section\nadduser x\n";
    assert!(!is_boilerplate(script));
}
