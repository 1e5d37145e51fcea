//! The `wpimg` program; everything is in the library beside it, where fuzzers reach it too.

use std::process::ExitCode;

fn main() -> ExitCode {
    wpimg::main()
}
