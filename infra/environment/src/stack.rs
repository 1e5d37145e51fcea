//! The two stacks of a site.

use std::fmt;

use wpimg_template::{Template, app, data};

/// Which of a site's stacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stack {
    /// What must not be lost.
    Data,
    /// What is replaced as the site grows.
    App,
}

impl Stack {
    /// In the order in which they are made.
    pub const ALL: [Self; 2] = [Self::Data, Self::App];

    /// What CloudFormation makes of it.
    pub fn template(self) -> Template {
        match self {
            Self::Data => data::template(),
            Self::App => app::template(),
        }
    }

    /// What a site's stack is called.
    pub fn name(self, site: &str) -> String {
        format!("{site}-{self}")
    }
}

impl fmt::Display for Stack {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Data => "data",
            Self::App => "app",
        })
    }
}
