//! Recipes.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| wpimg::fuzzing::recipe(text));
