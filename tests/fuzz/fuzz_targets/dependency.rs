//! Relation fields: what is read is written as it was.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wpimg_debian::{
    architecture::Architecture,
    dependency::{Alternatives, parse_dependencies},
    version::Version,
};

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let groups = match parse_dependencies(text) {
        Ok(groups) => groups,
        Err(error) => {
            // What is shown of a field is cut, whatever its length.
            assert!(error.to_string().chars().count() < 500, "{error}");
            return;
        }
    };
    let version: Version = "1:2.0-3".parse().expect("a version");
    let mut written = Vec::new();
    let mut expected = groups.clone();
    for Alternatives(relations) in &mut expected {
        assert!(!relations.is_empty(), "no group is empty");
        for relation in relations {
            let _ = relation.applies_to(&Architecture::amd64());
            let _ = relation.accepts(&version);
            // Restrictions are asked, not shown.
            relation.architectures.clear();
        }
    }
    written.extend(groups.iter().map(ToString::to_string));
    let again = parse_dependencies(&written.join(", "));
    assert_eq!(again.as_ref(), Ok(&expected));
});
