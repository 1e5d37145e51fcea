//! Doors for the fuzz targets of `tests/fuzz`: what parses text of others, without files or network.

use std::path::PathBuf;

use crate::{lock, recipe::Recipe};

/// Reads a recipe; what is one has a canonical form that is JSON.
pub fn recipe(text: &str) {
    if let Ok(recipe) = Recipe::parse(text, "wpimg.toml", PathBuf::new()) {
        let bytes = recipe.canonical_json();
        assert!(serde_json::from_slice::<serde_json::Value>(&bytes).is_ok());
    }
}

/// Reads a lock; what is one is written as it was read.
pub fn lock(text: &str) {
    lock::check_round_trip(text);
}
