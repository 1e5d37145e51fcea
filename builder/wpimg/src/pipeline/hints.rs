//! The errors of the library crates, as errors a command may end with.

use wpimg_debian::resolve::ResolveError;

use crate::error_report::Hint;
use crate::exit_status::ExitStatus;
use crate::hint_from_inherent_method;

hint_from_inherent_method!(
    wpimg_assemble::elf::ElfError,
    wpimg_assemble::merge::MergeError,
    wpimg_assemble::scripts::UnreviewedScripts,
    wpimg_assemble::unpack::UnpackError,
    wpimg_assemble::wordpress::DanglingLink,
    wpimg_oci::layout::LayoutError,
);

/// Errors that say all there is to say.
macro_rules! without_hint {
    ($status:expr; $($error:ty),+ $(,)?) => {
        $(impl Hint for $error {
            fn exit_status(&self) -> ExitStatus {
                $status
            }
        })+
    };
}

without_hint!(
    ExitStatus::Failure;
    wpimg_assemble::effects::EffectError,
    wpimg_debian::index::IndexError,
    wpimg_oci::canonical::CanonicalError,
);

// These come from arguments and recipes only.
without_hint!(
    ExitStatus::Usage;
    wpimg_assemble::filter::FilterError,
    wpimg_debian::dependency::DependencyError,
    wpimg_oci::platform::PlatformError,
);

impl Hint for wpimg_assemble::spool::SpoolError {
    fn hint(&self) -> Option<String> {
        Some("packages are taken apart in the cache directory: free some space there, or name a larger disk with `--cache-dir PATH`".to_owned())
    }
}

impl Hint for wpimg_debian::keyring::KeyringError {
    fn hint(&self) -> Option<String> {
        self.hint()
    }

    fn exit_status(&self) -> ExitStatus {
        ExitStatus::Usage
    }
}

impl Hint for ResolveError {
    fn hint(&self) -> Option<String> {
        self.hint()
    }

    fn exit_status(&self) -> ExitStatus {
        match self {
            Self::Index(_) | Self::Missing { .. } => ExitStatus::Failure,
            Self::UnknownPackage { .. }
            | Self::NoSuchVersion { .. }
            | Self::NothingAdmitted { .. }
            | Self::RequestedAndOmitted { .. }
            | Self::Conflict { .. } => ExitStatus::Usage,
        }
    }
}
