//! The errors of the library crates, as errors a command may end with.

use crate::hint_from_inherent_method;

hint_from_inherent_method!(
    wpimg_assemble::elf::ElfError,
    wpimg_assemble::merge::MergeError,
    wpimg_assemble::scripts::UnreviewedScript,
    wpimg_assemble::unpack::UnpackError,
    wpimg_assemble::wordpress::DanglingLink,
    wpimg_debian::keyring::KeyringError,
    wpimg_debian::resolve::ResolveError,
    wpimg_oci::layout::LayoutError,
);

/// Errors that say all there is to say.
macro_rules! without_hint {
    ($($error:ty),+ $(,)?) => {
        $(impl crate::error_report::Hint for $error {})+
    };
}

without_hint!(
    wpimg_assemble::effects::EffectError,
    wpimg_assemble::filter::FilterError,
    wpimg_assemble::spool::SpoolError,
    wpimg_debian::dependency::DependencyError,
    wpimg_debian::index::IndexError,
    wpimg_oci::canonical::CanonicalError,
    wpimg_oci::platform::PlatformError,
);
