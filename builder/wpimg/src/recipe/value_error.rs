//! Why a value of a recipe cannot be used, and what a right one looks like.

use thiserror::Error;
use wpimg_debian::{dependency::DependencyError, name::NameError, version::VersionError};
use wpimg_oci::platform::PlatformError;

/// Why a value cannot be used.
#[derive(Debug, Error)]
pub(crate) enum ValueError {
    #[error("the text is empty or has control characters")]
    Plain,
    #[error("`{text}` is not an absolute path without `.` and `..`")]
    ImagePath { text: String },
    #[error("`{text}` is absolute or leaves the folder of the recipe")]
    SourceOutside { text: String },
    #[error("the pattern `{text}` does not start with `/`")]
    Glob { text: String },
    #[error("`{text}` is not an image name")]
    ImageName { text: String },
    #[error("the entry `{name}` has `=`, a line break or a NUL in it, or no name")]
    Entry { name: String },
    #[error("`{name}` is not the name of a PHP setting")]
    IniName { name: String },
    #[error("the value of `{name}` has a single quote or a control character in it")]
    IniValue { name: String },
    #[error("`{text}` is not a compression")]
    Compression { text: String },
    #[error("`{text}` is not something a recipe can extend")]
    Extends { text: String },
    #[error("`{text}` is not a source of WordPress")]
    WordPressSource { text: String },
    #[error("`{text}` is not a port")]
    Port { text: String },
    #[error("`{text}` is not a signal")]
    StopSignal { text: String },
    #[error("`{text}` is not an octal file mode")]
    Mode { text: String },
    #[error("`{text}` is not a numeric owner")]
    Owner { text: String },
    #[error("`{text}` is not a PHP version")]
    PhpVersion { text: String },
    #[error("`{text}` is not the short name of a PHP extension")]
    ExtensionName { text: String },
    #[error("`{text}` is not the directory name of a theme")]
    ThemeName { text: String },
    #[error("the value is not the address of something on the web")]
    WebAddress,
    #[error("the address holds a user name or a password")]
    Credentials,
    #[error("what plain http brings from `{host}` can be changed on the way")]
    PlainHttp { host: String },
    #[error("`{text}` is not a SHA-256 digest")]
    Sha256 { text: String },
    #[error("`{text}` is not the name of a directory entry on WordPress.org")]
    Slug { text: String },
    #[error("`{text}` is not a version")]
    ReleaseVersion { text: String },
    #[error("`{text}` is not a release of WordPress")]
    WordPressVersion { text: String },
    #[error("`{text}` is not a locale of WordPress")]
    Locale { text: String },
    #[error("`{text}` cannot be the name of a directory of WordPress")]
    ContentName { text: String },
    #[error("the pattern `{text}` is absolute or has `..` in it")]
    FilePattern { text: String },
    #[error("`{text}` is not a repository of a registry")]
    Repository { text: String },
    #[error("`{text}` is not a tag")]
    Tag { text: String },
    #[error("`{text}` is not a package name or a pattern of such")]
    PackagePattern { text: String },
    #[error("`{text}` is neither a version nor a relation")]
    PinnedVersion {
        text: String,
        #[source]
        source: VersionError,
    },
    #[error("the suite `{suite}` is not among the suites of [debian]")]
    PinnedSuite { suite: String },
    #[error("`{text}` is not a size from 1M to 16G")]
    UploadSize { text: String },
    #[error("`{text}` is not the name of a file that nginx includes")]
    Snippet { text: String },
    #[error(transparent)]
    Name(#[from] NameError),
    #[error(transparent)]
    Platform(#[from] PlatformError),
    #[error("`{text}` is not a package request")]
    PackageRequest {
        text: String,
        #[source]
        source: DependencyError,
    },
}

impl ValueError {
    /// What a right value looks like.
    pub(crate) fn hint(&self) -> Option<String> {
        let example = match self {
            Self::Plain | Self::Platform(_) | Self::Entry { .. } => return None,
            Self::ImagePath { .. } => "write a path such as `\"/etc/nginx/conf.d\"`",
            Self::IniName { .. } => "write a name such as `memory_limit` or `\"opcache.jit\"`",
            Self::IniValue { .. } => {
                "put such a value into a file of `[[files]]` below `/etc/wpimg/php.d`"
            }
            Self::SourceOutside { .. } => {
                "copy it beside the recipe and name it from there: `\"files/php.ini\"`"
            }
            Self::Glob { .. } => "write a pattern such as `\"/usr/share/doc/**\"`",
            Self::ImageName { .. } => "write a name such as `\"shop\"` or `\"team/shop\"`",
            Self::Compression { .. } => "write `\"zstd\"`, `\"gzip\"` or `\"none\"`",
            Self::Extends { .. } => "write `\"wordpress\"` or `\"nothing\"`",
            Self::WordPressSource { .. } => {
                "write `\"debian\"` or `\"none\"`, or name a `version`, `url` or `path` instead"
            }
            Self::Port { .. } => "write a port such as `\"8080/tcp\"`",
            Self::StopSignal { .. } => "write a signal such as `\"SIGTERM\"`",
            Self::Mode { .. } => "write a mode such as `\"0644\"`",
            Self::Owner { .. } => "write an owner such as `\"33:33\"`",
            Self::PhpVersion { .. } => "write a version such as `\"8.4\"`",
            Self::ExtensionName { .. } => "write a name such as `\"mysqli\"`",
            Self::ThemeName { .. } => "write a name such as `\"twentytwentyfive\"`",
            Self::WebAddress => "write an address such as `\"https://shop.example/plugin.zip\"`",
            Self::Credentials => {
                "fetch it in the pipeline and name the file: `path = \"plugins/shop.zip\"`"
            }
            Self::PlainHttp { .. } => "write `https://`, or add the `sha256` of what it must be",
            Self::Sha256 { .. } => "write the 64 digits that `sha256sum FILE` prints",
            Self::Slug { .. } => {
                "write the last part of its address on WordPress.org, such as `\"akismet\"`"
            }
            Self::ReleaseVersion { .. } => {
                "write a version such as `\"5.3\"`, or leave `version` out: the lock takes the newest"
            }
            Self::WordPressVersion { .. } => "write a release such as `\"6.8.3\"`",
            Self::Locale { .. } => "write a locale such as `\"de_DE\"`",
            Self::ContentName { .. } => "write a name such as `\"shop\"`",
            Self::FilePattern { .. } => "write a pattern such as `\"*.sql\"` or `\"data/**\"`",
            Self::Repository { .. } => {
                "write it with its registry and without a tag: `\"registry.example/team/shop\"`"
            }
            Self::Tag { .. } => "write a tag such as `\"6.8\"`",
            Self::PackagePattern { .. } => "write a name such as `nginx` or `\"php8.4-*\"`",
            Self::PinnedVersion { .. } => "write `\"1.26.3-3\"` or `\">= 1.26\"`",
            Self::PinnedSuite { .. } => "name one of `suites`, or add it there",
            Self::UploadSize { .. } => "write a size such as `\"128M\"`",
            Self::Snippet { .. } => "give the file a name such as `cache.conf`",
            Self::Name(NameError::Package { .. }) => "write a name such as `\"nginx-light\"`",
            Self::Name(NameError::Suite { .. }) => "write a name such as `\"trixie-security\"`",
            Self::PackageRequest { .. } => {
                "write `\"name\"`, `\"name (>= 1.2)\"` or `\"name=1.2-3\"`"
            }
        };
        Some(example.to_owned())
    }
}
