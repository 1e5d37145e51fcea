//! `Packages` files: what is listed can be asked for, and no file name leaves the archive.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wpimg_debian::index::PackageIndex;
use wpimg_fuzz::is_plain_path;

fuzz_target!(|bytes: &[u8]| {
    let suite = "trixie".parse().expect("a suite name");
    let index = match PackageIndex::parse(bytes, suite) {
        Ok(index) => index,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return;
        }
    };
    let names: Vec<&str> = index.names().collect();
    assert_eq!(names.len(), index.len());
    assert!(names.is_sorted());
    for package in index.iter().flatten() {
        assert!(is_plain_path(&package.filename), "{}", package.filename);
        assert!(package.filename.ends_with(".deb"));
        assert!(
            names.binary_search(&&*package.name).is_ok(),
            "{}",
            package.name
        );
    }
    for name in names {
        if let Ok(packages) = index.packages(name) {
            assert!(!packages.is_empty() && packages.iter().all(|package| &*package.name == name));
        }
    }
    for name in index.virtual_names() {
        if let Ok(packages) = index.providers(name) {
            let provides = |name: &str| {
                packages.iter().all(|package| {
                    package
                        .provides
                        .iter()
                        .any(|provided| &*provided.name == name)
                })
            };
            assert!(!packages.is_empty() && provides(name), "{name}");
        }
    }
});
