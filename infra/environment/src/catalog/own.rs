//! The keys that are no parameters: what wpimg has to know itself.

/// A key of wpimg's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Own {
    Name,
    Region,
    Account,
    Profile,
    Tags,
}

impl Own {
    pub(crate) const ALL: [Self; 5] = [
        Self::Name,
        Self::Region,
        Self::Account,
        Self::Profile,
        Self::Tags,
    ];

    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Region => "region",
            Self::Account => "account",
            Self::Profile => "profile",
            Self::Tags => "tags",
        }
    }

    pub(crate) fn description(self) -> &'static str {
        match self {
            Self::Name => {
                "What the site is called: its stacks are NAME-data and NAME-app. An environment that says nothing else is called after it, with its own name behind."
            }
            Self::Region => "The region of both stacks. Without it AWS's own settings decide.",
            Self::Account => {
                "The account that the stacks are in. In any other one wpimg refuses to work."
            }
            Self::Profile => "The profile of AWS's own settings to work with.",
            Self::Tags => {
                "Tags of both stacks and of all that is in them. An environment adds its own."
            }
        }
    }
}
