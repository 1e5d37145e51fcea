//! What registries say, and what people call them: references, challenges, diagnostics.
//!
//! The last two are private to their crate and need nothing of it, so their files are compiled
//! into this target. Tokens, documents and addresses need a door of the crate.

#![no_main]

#[path = "../../../builder/registry/src/auth/challenge.rs"]
mod challenge;
#[path = "../../../builder/registry/src/client/diagnostic.rs"]
#[expect(
    dead_code,
    unreachable_pub,
    reason = "the file is written for its crate"
)]
mod diagnostic;

use challenge::Challenge;
use diagnostic::Diagnostic;
use libfuzzer_sys::fuzz_target;
use wpimg_fuzz::is_showable;
use wpimg_registry::{Reference, Repository};

fuzz_target!(|bytes: &[u8]| {
    let said = Diagnostic::parse(bytes).to_string();
    assert!(
        is_showable(&said) && !said.contains('\n') && said.chars().count() < 700,
        "{said:?}"
    );
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    challenges(text);
    match text.parse::<Reference>() {
        Ok(reference) => {
            let again = reference.to_string().parse::<Reference>();
            assert_eq!(again.as_ref(), Ok(&reference));
            let repository = reference.repository();
            assert!(!repository.host().contains('/') && !repository.name().is_empty());
        }
        Err(error) => assert!(error.to_string().chars().count() < 1500),
    }
    if let Ok(repository) = text.parse::<Repository>() {
        let again = repository.to_string().parse::<Repository>();
        assert_eq!(again.as_ref(), Ok(&repository));
    }
});

fn challenges(text: &str) {
    let found = Challenge::parse_all(text);
    assert!(found.len() <= text.len());
    for challenge in found {
        match challenge {
            Challenge::Basic => {}
            Challenge::Bearer {
                realm,
                service,
                scope,
            } => {
                let length = realm.len()
                    + [service, scope]
                        .iter()
                        .flatten()
                        .map(String::len)
                        .sum::<usize>();
                assert!(length <= text.len());
            }
            Challenge::Other(scheme) => assert!(!scheme.is_empty() && scheme.chars().count() <= 40),
        }
    }
}
