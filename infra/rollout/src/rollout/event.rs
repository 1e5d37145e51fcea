//! What can happen to a rollout.

use super::observation::Observation;

/// Everything that the outside can tell a rollout; each comes with the time since the beginning.
///
/// Every [`super::Action::Poll`] is answered by exactly one of the first five, and every other question by one of its own, unless
/// it is the credentials that are gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The service was looked at.
    Observed(Observation),
    /// ECS wants to be asked less often.
    Throttled,
    /// There was no answer, or one that says nothing about the service.
    Unanswered {
        reason: String,
    },
    /// A permission is missing, such as `ecs:DescribeServices`.
    Denied {
        permission: String,
    },
    /// The service is not there any more, or is being deleted.
    ServiceGone,
    /// The credentials have run out, and there are no new ones.
    CredentialsLost,
    /// The site answers as it should.
    SiteAnswered,
    SiteFailed {
        reason: String,
    },
    /// The rollback has begun; with `UpdateService` it has a deployment of its own.
    RollbackAccepted {
        deployment: Option<String>,
    },
    /// The rollback that was asked for is not to be had: there is no such API, it is too late, or a permission is missing.
    RollbackRefused {
        reason: String,
    },
    /// The image is recorded.
    Recorded,
    RecordFailed {
        reason: String,
    },
    /// Ctrl-C, or TERM.
    Interrupted,
    /// The moment that `Rollout::deadline` asked for may have come.
    Tick,
}
