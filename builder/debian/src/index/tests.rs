//! What an index keeps, finds and refuses.

use super::{IndexError, MultiArch, Package, PackageIndex};

const DIGEST: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

fn entry(name: &str, version: &str, more: &str) -> String {
    format!(
        "Package: {name}\nVersion: {version}\nArchitecture: amd64\nMaintainer: M <m@example.org>\n\
         Description: long\n and longer\n .\n text\nFilename: pool/main/{name}_{version}_amd64.deb\n\
         Size: 12\nSHA256: {DIGEST}\n{more}\n"
    )
}

fn index(text: &str) -> Result<PackageIndex, IndexError> {
    PackageIndex::parse(text.as_bytes(), "trixie".parse().unwrap())
}

fn only(text: &str) -> Result<Package, IndexError> {
    index(text)?.iter().next().unwrap()
}

#[test]
fn packages_are_found_by_name_and_by_what_they_provide() {
    let text = [
        entry("nginx", "1.26", "Provides: httpd, httpd-cgi (= 1.26)\n"),
        entry(
            "apache2",
            "2.4",
            "Provides:\n httpd,\n libapache2-mod-ssl\n",
        ),
        entry("apache2", "2.5", ""),
    ];
    let index = index(&text.concat()).unwrap();
    let names = |packages: Vec<Package>| -> Vec<String> {
        packages
            .iter()
            .map(|package| format!("{}={}", package.name, package.version))
            .collect()
    };
    assert_eq!(index.len(), 3);
    assert_eq!(
        names(index.packages("apache2").unwrap()),
        ["apache2=2.4", "apache2=2.5"]
    );
    assert_eq!(
        names(index.providers("httpd").unwrap()),
        ["nginx=1.26", "apache2=2.4"]
    );
    assert_eq!(
        names(index.providers("libapache2-mod-ssl").unwrap()),
        ["apache2=2.4"]
    );
    assert!(index.packages("apache").unwrap().is_empty());
    assert!(index.providers("nginx").unwrap().is_empty());
}

#[test]
fn every_field_of_a_package_is_read() {
    let more = "Source: src (1.0)\nSection: web\nPriority: optional\nEssential: yes\n\
                Multi-Arch: foreign\nDepends: aa | bb (>= 1), cc\nPre-Depends: dd\nConflicts: ee\n\
                Breaks: ff (<< 2)\nReplaces: gg\nInstalled-Size: 345\n";
    let package = only(&entry("one", "1:2-3", more).replace("one_1:2", "one_1%3a2")).unwrap();
    assert_eq!(package.source, "src");
    assert_eq!((&*package.section, &*package.priority), ("web", "optional"));
    assert!(package.essential);
    assert_eq!(package.multi_arch, MultiArch::Foreign);
    assert_eq!(package.depends[0].to_string(), "aa | bb (>= 1)");
    assert_eq!(package.depends[1].to_string(), "cc");
    assert_eq!(package.pre_depends[0].to_string(), "dd");
    assert_eq!(package.conflicts[0].to_string(), "ee");
    assert_eq!(package.breaks[0].to_string(), "ff (<< 2)");
    assert_eq!(package.replaces[0].to_string(), "gg");
    assert_eq!(package.filename, "pool/main/one_1%3a2-3_amd64.deb");
    assert_eq!((package.size, package.installed_size), (12, 345));
    assert_eq!(package.suite.as_str(), "trixie");
}

#[test]
fn descriptions_are_not_kept() {
    let index = index(&entry("one", "1", "")).unwrap();
    assert!(!index.text.contains("longer") && !index.text.contains("Maintainer"));
}

#[test]
fn a_provided_version_must_fit_and_a_missing_one_never_does() {
    let more = "Provides: plain, fixed (= 2)\n";
    let package = only(&entry("one", "1", more)).unwrap();
    let satisfies = |relation: &str| package.satisfies(&relation.parse().unwrap());
    assert!(satisfies("plain") && satisfies("fixed (>= 1)") && satisfies("one (= 1)"));
    assert!(!satisfies("plain (>= 0)") && !satisfies("fixed (>> 2)") && !satisfies("one (= 2)"));
}

#[test]
fn file_names_that_leave_the_pool_are_refused() {
    for unsafe_name in [
        "../etc/x.deb",
        "/pool/x.deb",
        "pool//x.deb",
        "pool/x",
        "pool/a b.deb",
        "pool/../../etc/x.deb",
        "%2e%2e/%2E%2E/etc/x.deb",
        "pool/.%2e/x.deb",
        "pool/..%2fx.deb",
        "pool/a%5cx.deb",
        "pool/a%00x.deb",
        "pool/a%252e.deb",
        "pool/a%3.deb",
        "pool/a%+3.deb",
        "pool/a%.deb",
        "http:/other/x.deb",
        "http:x.deb",
        "C:/x.deb",
    ] {
        let text = entry("one", "1", "").replace("pool/main/one_1_amd64.deb", unsafe_name);
        let error = only(&text).unwrap_err();
        assert!(
            matches!(error, IndexError::UnsafeFilename { .. }),
            "{unsafe_name}: {error}"
        );
    }
}

#[test]
fn escapes_and_colons_of_real_file_names_are_accepted() {
    for name in [
        "pool/main/one_1%3a2-3_amd64.deb",
        "pool/main/one_1%3A2%7erc1%2b1_amd64.deb",
        "pool/main/one_1:2~rc1+1_amd64.deb",
    ] {
        let text = entry("one", "1", "").replace("pool/main/one_1_amd64.deb", name);
        assert_eq!(only(&text).unwrap().filename, name);
    }
}

#[test]
fn one_bad_entry_harms_only_itself() {
    let text = entry("good", "1", "") + &entry("bad", "1", "Depends: (((\n");
    let index = index(&text).unwrap();
    assert_eq!(index.packages("good").unwrap().len(), 1);
    assert!(matches!(
        index.packages("bad"),
        Err(IndexError::Dependency {
            field: "Depends",
            ..
        })
    ));
}

#[test]
fn broken_structure_is_refused_with_its_line() {
    let control = |text: &str| match index(text) {
        Err(IndexError::Control { source, .. }) => source.to_string(),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        control("Package: aa\nrubbish\n"),
        "line 2: `rubbish` is not `Field: value`"
    );
    assert_eq!(
        control(" x\n"),
        "line 1: continuation line before any field"
    );
    assert!(matches!(
        index("Version: 1\n"),
        Err(IndexError::MissingField { .. })
    ));
    assert!(matches!(
        index("Package: A B\n"),
        Err(IndexError::Nameless { line: 1, .. })
    ));
    assert!(matches!(
        only("Package: aa\n"),
        Err(IndexError::MissingField {
            field: "Version",
            ..
        })
    ));
}

#[test]
fn an_empty_index_is_a_valid_index() {
    assert!(index("").unwrap().is_empty());
    assert!(index("\n\n").unwrap().is_empty());
}
