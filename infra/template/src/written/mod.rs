//! The written form of the stacks: what lies below `infra/` for those who read them, or use them without wpimg.
//!
//! ```text
//! infra/data.json, infra/app.json   the templates                       written by `template`
//! infra/README.md                   tables between marks of their own   written by `readme`, put in by `part`
//! infra/terraform/*.tf              a module around both                written by `terraform`
//! ```
//!
//! Nothing is read or written here. `tests/written.rs` compares the files with what is here, and renews them.

mod choices;
mod condition;
#[cfg(test)]
mod condition_tests;
mod connection;
pub mod markdown;
mod names;
pub mod part;
mod readme;
mod template;
mod terraform;

use part::PartError;

pub use names::{kebab_case, snake_case};
pub use template::indented;

/// A file below `infra/`, all of it or parts of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// From the repository's root.
    pub path: &'static str,
    content: Content,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Content {
    Whole(String),
    /// Names of parts and what is between their marks.
    Parts(Vec<(&'static str, String)>),
}

/// Every file that is made from the stacks.
pub fn files() -> Vec<File> {
    let data = crate::data::template();
    let app = crate::app::template();
    let whole = |path, text| File {
        path,
        content: Content::Whole(text),
    };
    vec![
        whole("infra/data.json", indented(&data)),
        whole("infra/app.json", indented(&app)),
        File {
            path: "infra/README.md",
            content: Content::Parts(readme::parts(&data, &app)),
        },
        whole("infra/terraform/main.tf", terraform::main(&data, &app)),
        whole(
            "infra/terraform/variables.tf",
            terraform::variables(&data, &app),
        ),
        whole(
            "infra/terraform/outputs.tf",
            terraform::outputs(&data, &app),
        ),
        whole("infra/terraform/versions.tf", terraform::versions()),
    ]
}

impl File {
    /// What the file has to be, from what it is. Only files with parts depend on that.
    pub fn renewed(&self, before: &str) -> Result<String, PartError> {
        match &self.content {
            Content::Whole(text) => Ok(text.clone()),
            Content::Parts(parts) => parts
                .iter()
                .try_fold(before.to_owned(), |text, (name, content)| {
                    part::replaced(&text, name, content)
                }),
        }
    }
}
