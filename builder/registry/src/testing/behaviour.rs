//! What kind of registry the fake is.

/// How the fake behaves; the default is the specification's registry, open to all.
#[derive(Debug, Clone)]
pub struct Behaviour {
    pub authentication: Authentication,
    pub mounts: Mounts,
    pub referrers: Referrers,
    pub tags: Tags,
    /// The repositories there are; `None` creates them on push.
    pub repositories: Option<Vec<String>>,
    /// Where uploads are sent, a base address; `None` is a relative address of its own.
    pub uploads_at: Option<String>,
    /// Where blobs are kept, a base address to which readers are redirected.
    pub blobs_at: Option<String>,
    /// Whether blobs are served from any offset.
    pub ranges: Ranges,
    /// The status of a finished upload.
    pub upload_status: u16,
    /// The status of an opened session.
    pub session_status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Authentication {
    Open,
    Basic {
        user: String,
        password: String,
    },
    /// Tokens from `/token`, for this name and password or, without a name, for reading.
    Bearer {
        user: String,
        password: String,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mounts {
    Allowed,
    /// 202: a session instead.
    Declined,
    /// 400.
    Refused,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Referrers {
    Listed,
    /// No such API: artifacts are found by tag.
    Absent,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tags {
    Movable,
    Immutable,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ranges {
    Served,
    Ignored,
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            authentication: Authentication::Open,
            mounts: Mounts::Allowed,
            referrers: Referrers::Listed,
            tags: Tags::Movable,
            repositories: None,
            uploads_at: None,
            blobs_at: None,
            ranges: Ranges::Served,
            upload_status: 201,
            session_status: 202,
        }
    }
}

impl Behaviour {
    /// A private registry of ECR: Basic only, no repository on push, immutable tags, no list of
    /// artifacts.
    pub fn ecr(password: &str, repositories: &[&str]) -> Self {
        Self {
            authentication: Authentication::Basic {
                user: "AWS".to_owned(),
                password: password.to_owned(),
            },
            mounts: Mounts::Declined,
            referrers: Referrers::Absent,
            tags: Tags::Immutable,
            repositories: Some(repositories.iter().map(|name| (*name).to_owned()).collect()),
            ..Self::default()
        }
    }
}
