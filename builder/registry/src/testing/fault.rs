//! What goes wrong.

/// A fault at one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The connection is torn down before the request is looked at.
    Reset,
    /// The connection is torn down in the middle of the request's body.
    ResetInRequest,
    /// Half of the request's body is read, and then nothing happens.
    StalledInRequest,
    /// The request is carried out, and then the connection is torn down.
    ResetAfterEffect,
    /// The request is carried out; half of the answer arrives before the connection is torn down.
    ResetInAnswer,
    /// The request is carried out; half of the answer's body arrives and the connection is closed.
    Truncated,
    /// The request is carried out; half of the answer arrives, and then nothing.
    Stalled,
    /// The request is carried out, and its answer names another digest.
    WrongDigest,
    /// The request is carried out, and its answer's body has one wrong bit.
    WrongBody,
    /// Nothing is carried out, and the answer is this status with an error body.
    Status(u16),
    /// 429 with `Retry-After: 0`.
    RetryAfter,
    /// 202 to a mount, as ECR does for blobs that no manifest names yet.
    MountDeclined,
}

impl Fault {
    /// One of each kind.
    pub const ALL: [Self; 17] = [
        Self::Reset,
        Self::ResetInRequest,
        Self::StalledInRequest,
        Self::ResetAfterEffect,
        Self::ResetInAnswer,
        Self::Truncated,
        Self::Stalled,
        Self::WrongDigest,
        Self::WrongBody,
        Self::Status(401),
        Self::Status(403),
        Self::Status(404),
        Self::Status(429),
        Self::Status(500),
        Self::Status(503),
        Self::RetryAfter,
        Self::MountDeclined,
    ];

    /// Says whether the request was carried out although its answer is bad.
    pub fn has_effect(self) -> bool {
        matches!(
            self,
            Self::ResetAfterEffect
                | Self::ResetInAnswer
                | Self::Truncated
                | Self::Stalled
                | Self::WrongDigest
                | Self::WrongBody
                | Self::MountDeclined
        )
    }
}
