//! What GitHub Actions wants to hear from a step: outputs for the steps after it.
//!
//! Source: GitHub documentation, "Workflow commands", setting an output parameter.

use std::{
    fs::OpenOptions,
    io::{self, Write as _},
    path::PathBuf,
};

use thiserror::Error;

use crate::{error_report::Hint, settings::Environment};

/// The file for outputs cannot be written.
#[derive(Debug, Error)]
#[error("could not write the step's outputs to `{}`", path.display())]
pub(crate) struct OutputError {
    path: PathBuf,
    #[source]
    source: io::Error,
}

impl Hint for OutputError {
    fn hint(&self) -> Option<String> {
        Some("`GITHUB_OUTPUT` names the file; unset it outside of GitHub Actions".to_owned())
    }
}

/// Appends `name=value` lines where a step's outputs are read from, if there is such a place.
///
/// Values are digests and references, which have no line breaks.
pub(crate) fn write_outputs(
    outputs: &[(&str, &str)],
    environment: &Environment,
) -> Result<(), OutputError> {
    let Some(path) = &environment.github_output else {
        return Ok(());
    };
    let lines: String = outputs
        .iter()
        .map(|(name, value)| format!("{name}={value}\n"))
        .collect();
    let append = || {
        let mut file = OpenOptions::new().append(true).create(true).open(path)?;
        file.write_all(lines.as_bytes())
    };
    append().map_err(|source| OutputError {
        path: path.clone(),
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_are_appended_and_without_a_place_nothing_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("output");
        std::fs::write(&path, "before=1\n").unwrap();
        let environment = Environment {
            github_output: Some(path.clone()),
            ..Environment::default()
        };
        write_outputs(
            &[("digest", "sha256:1"), ("reference", "r/s@x")],
            &environment,
        )
        .unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text, "before=1\ndigest=sha256:1\nreference=r/s@x\n");
        write_outputs(&[("digest", "x")], &Environment::default()).unwrap();
        let nowhere = Environment {
            github_output: Some(folder.path().join("missing/output")),
            ..Environment::default()
        };
        let error = write_outputs(&[("digest", "x")], &nowhere).unwrap_err();
        assert!(error.to_string().contains("missing/output"));
    }
}
