//! What `infra/README.md` says about costs is what an estimate says.
//!
//! `WPIMG_WRITE_INFRA=1 cargo test -p wpimg-plan --test written` writes it anew.

mod choices;
mod lines;
mod page;
mod shape;
mod sums;

use std::{fs, path::Path};

use wpimg_template::written::part;

/// Says that the file is to be written, and not only compared.
const WRITE: &str = "WPIMG_WRITE_INFRA";

/// From the repository's root.
const FILE: &str = "infra/README.md";

/// The name between the marks.
const PART: &str = "cost";

#[test]
fn the_costs_in_the_readme_are_those_of_an_estimate() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(FILE);
    let before = fs::read_to_string(&path).unwrap();
    let after = part::replaced(&before, PART, &page::text())
        .unwrap_or_else(|error| panic!("{FILE}: {error}; {}", error.hint()));
    if before == after {
        return;
    }
    let writes = std::env::var_os(WRITE).is_some();
    assert!(
        writes,
        "{FILE} has other costs than an estimate\nto write them anew: {WRITE}=1 cargo test -p wpimg-plan --test written"
    );
    fs::write(&path, after).unwrap();
}
