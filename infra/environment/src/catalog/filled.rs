//! The parameters that wpimg fills in itself.

use crate::stack::Stack;

/// A parameter whose value follows from the site's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Filled {
    DataStack,
    Image,
}

impl Filled {
    pub(crate) const ALL: [Self; 2] = [Self::DataStack, Self::Image];

    pub(crate) fn of(parameter: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|filled| filled.parameter() == parameter)
    }

    pub(crate) fn parameter(self) -> &'static str {
        match self {
            Self::DataStack => "DataStack",
            Self::Image => "Image",
        }
    }

    pub(crate) fn value(self, site: &str) -> String {
        match self {
            Self::DataStack => Stack::Data.name(site),
            Self::Image => format!("/wpimg/{site}/image"),
        }
    }

    /// Why it is not the recipe's to say.
    pub(crate) fn reason(self) -> &'static str {
        match self {
            Self::DataStack => "the app stack always belongs to the data stack of the same `name`",
            Self::Image => {
                "`wpimg deploy` writes the image into Parameter Store, under `/wpimg/NAME/image`"
            }
        }
    }
}
