//! The words ECS uses for where something is.

/// Defines an enum out of ECS's own words for it.
macro_rules! words {
    ($(#[$attribute:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$attribute])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name {
            $($(#[$doc])* $variant,)+
        }

        impl $name {
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// `None` for a word that ECS did not have when this was written.
            pub fn from_word(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$variant),)+
                    _ => None,
                }
            }

            /// ECS's own word.
            pub fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }
    };
}

words! {
    /// Which of a service's deployments it is.
    DeploymentStatus {
        /// The latest.
        Primary = "PRIMARY",
        /// One that is being replaced and still has tasks.
        Active = "ACTIVE",
        /// One that is gone.
        Inactive = "INACTIVE",
    }
}

words! {
    /// How far a deployment is.
    RolloutState {
        InProgress = "IN_PROGRESS",
        Completed = "COMPLETED",
        /// Only the circuit breaker and alarms say this: without them a deployment that cannot succeed goes on for ever.
        Failed = "FAILED",
    }
}

words! {
    /// How far the record is that ECS keeps of a deployment, and of its rollback.
    ServiceDeploymentStatus {
        Pending = "PENDING",
        InProgress = "IN_PROGRESS",
        Successful = "SUCCESSFUL",
        Stopped = "STOPPED",
        StopRequested = "STOP_REQUESTED",
        RollbackRequested = "ROLLBACK_REQUESTED",
        RollbackInProgress = "ROLLBACK_IN_PROGRESS",
        RollbackSuccessful = "ROLLBACK_SUCCESSFUL",
        RollbackFailed = "ROLLBACK_FAILED",
    }
}

words! {
    /// Why a task stopped.
    StopCode {
        TaskFailedToStart = "TaskFailedToStart",
        EssentialContainerExited = "EssentialContainerExited",
        UserInitiated = "UserInitiated",
        /// Scaled in, replaced, or failed its health checks; the reason says which.
        ServiceSchedulerInitiated = "ServiceSchedulerInitiated",
        SpotInterruption = "SpotInterruption",
        TerminationNotice = "TerminationNotice",
    }
}

impl ServiceDeploymentStatus {
    /// Whether ECS has something to do for it.
    pub fn is_in_progress(self) -> bool {
        match self {
            Self::Pending
            | Self::InProgress
            | Self::StopRequested
            | Self::RollbackRequested
            | Self::RollbackInProgress => true,
            Self::Successful | Self::Stopped | Self::RollbackSuccessful | Self::RollbackFailed => {
                false
            }
        }
    }

    /// Whether `StopServiceDeployment` makes a rollback of it. A stop that has been requested without one stays without one.
    pub(super) fn can_be_rolled_back(self) -> bool {
        match self {
            Self::Pending | Self::InProgress => true,
            Self::Successful
            | Self::Stopped
            | Self::StopRequested
            | Self::RollbackRequested
            | Self::RollbackInProgress
            | Self::RollbackSuccessful
            | Self::RollbackFailed => false,
        }
    }
}

impl StopCode {
    /// Whether the task failed by itself, so that the release is to blame.
    pub(super) fn is_failure(self) -> bool {
        match self {
            Self::TaskFailedToStart | Self::EssentialContainerExited => true,
            // Failed health checks among the scheduler's own are in ECS's count.
            Self::UserInitiated
            | Self::ServiceSchedulerInitiated
            | Self::SpotInterruption
            | Self::TerminationNotice => false,
        }
    }
}
