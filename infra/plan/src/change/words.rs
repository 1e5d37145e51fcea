//! The words of `DescribeChangeSet` (CloudFormation API reference, "ResourceChange" and "ResourceTargetDefinition").
//!
//! A word that is not here is one that AWS has added since: `from_word` gives nothing for it, and whoever asks decides.

/// What CloudFormation does with a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Add,
    Modify,
    Remove,
    /// A resource that exists already becomes the stack's.
    Import,
    /// CloudFormation cannot tell before it does it.
    Dynamic,
    /// The resource stays as it is, and the stack's record of it is put right.
    SyncWithActual,
}

/// Whether a modified resource is made anew under another physical id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replacement {
    No,
    /// It depends on a value that is known only while the stack is updated.
    Conditional,
    Yes,
}

/// What happens to what a resource holds, as the template's `DeletionPolicy` and `UpdateReplacePolicy` say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    Delete,
    Retain,
    Snapshot,
    ReplaceAndDelete,
    ReplaceAndRetain,
    ReplaceAndSnapshot,
}

/// Whether the change of one property replaces the resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Recreation {
    Never,
    Conditionally,
    Always,
}

/// The part of a resource that changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attribute {
    Properties,
    Metadata,
    CreationPolicy,
    UpdatePolicy,
    DeletionPolicy,
    UpdateReplacePolicy,
    Tags,
}

impl Action {
    pub const ALL: [Self; 6] = [
        Self::Add,
        Self::Modify,
        Self::Remove,
        Self::Import,
        Self::Dynamic,
        Self::SyncWithActual,
    ];

    /// As CloudFormation writes it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Add => "Add",
            Self::Modify => "Modify",
            Self::Remove => "Remove",
            Self::Import => "Import",
            Self::Dynamic => "Dynamic",
            Self::SyncWithActual => "SyncWithActual",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.word() == word)
    }
}

impl Replacement {
    pub const ALL: [Self; 3] = [Self::No, Self::Conditional, Self::Yes];

    /// As CloudFormation writes it.
    pub fn word(self) -> &'static str {
        match self {
            Self::No => "False",
            Self::Conditional => "Conditional",
            Self::Yes => "True",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.word() == word)
    }
}

impl Policy {
    pub const ALL: [Self; 6] = [
        Self::Delete,
        Self::Retain,
        Self::Snapshot,
        Self::ReplaceAndDelete,
        Self::ReplaceAndRetain,
        Self::ReplaceAndSnapshot,
    ];

    /// As CloudFormation writes it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Delete => "Delete",
            Self::Retain => "Retain",
            Self::Snapshot => "Snapshot",
            Self::ReplaceAndDelete => "ReplaceAndDelete",
            Self::ReplaceAndRetain => "ReplaceAndRetain",
            Self::ReplaceAndSnapshot => "ReplaceAndSnapshot",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.word() == word)
    }
}

impl Recreation {
    pub const ALL: [Self; 3] = [Self::Never, Self::Conditionally, Self::Always];

    /// As CloudFormation writes it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Never => "Never",
            Self::Conditionally => "Conditionally",
            Self::Always => "Always",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.word() == word)
    }
}

impl Attribute {
    pub const ALL: [Self; 7] = [
        Self::Properties,
        Self::Metadata,
        Self::CreationPolicy,
        Self::UpdatePolicy,
        Self::DeletionPolicy,
        Self::UpdateReplacePolicy,
        Self::Tags,
    ];

    /// As CloudFormation writes it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Properties => "Properties",
            Self::Metadata => "Metadata",
            Self::CreationPolicy => "CreationPolicy",
            Self::UpdatePolicy => "UpdatePolicy",
            Self::DeletionPolicy => "DeletionPolicy",
            Self::UpdateReplacePolicy => "UpdateReplacePolicy",
            Self::Tags => "Tags",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.word() == word)
    }
}
