//! The lock as text and back. Written by hand: one line per package is what merges well.

use std::fmt::Write as _;

use serde::Deserialize;
use toml::Value;
use wpimg_oci::digest::Digest;
use wpimg_oci::platform::Platform;
use wpimg_oci::timestamp;

use super::error::Malformed;
use super::{Lock, LockedPackage, LockedSource, LockedSuite, SourceKind, VERSION};
use crate::pipeline::selection::Selected;

const HEADER: &str = "\
# What the recipe resolved to, byte for byte. Written by `wpimg lock` and `wpimg update`; keep it in git.
";

pub(super) fn to_text(lock: &Lock) -> String {
    let mut text = String::from(HEADER);
    // Writing into a String cannot fail.
    let _ = write!(
        text,
        "version = {VERSION}\nformat = {}\nrecipe = {}\nplatforms = {}\n\npackage = [\n",
        lock.format,
        string(&lock.recipe.to_string()),
        strings(lock.platforms.iter().map(ToString::to_string)),
    );
    for LockedPackage { package, only } in &lock.packages {
        let Selected {
            name,
            version,
            architecture,
            suite,
            path,
            size,
            sha256,
            seen,
        } = package;
        let _ = write!(
            text,
            "  {{ name = {}, version = {}, architecture = {}, suite = {}, path = {}, size = {size}, sha256 = {}",
            string(name),
            string(version),
            string(architecture),
            string(suite),
            string(path),
            string(&sha256.hex()),
        );
        if let Some(seen) = seen {
            let _ = write!(text, ", seen = {}", string(&timestamp::rfc3339(*seen)));
        }
        if let Some(only) = only {
            let _ = write!(text, ", only = {}", string(&only.to_string()));
        }
        text.push_str(" },\n");
    }
    text.push_str("]\n");
    for LockedSuite { name, signed_by } in &lock.suites {
        let _ = write!(
            text,
            "\n[[suite]]\nname = {}\nsigned-by = {}\n",
            string(name),
            strings(signed_by.iter().cloned()),
        );
    }
    for source in &lock.sources {
        let _ = write!(
            text,
            "\n[[source]]\nkind = {}\nname = {}\n",
            string(source.kind.as_str()),
            string(&source.name)
        );
        if let Some(version) = &source.version {
            let _ = writeln!(text, "version = {}", string(version));
        }
        let _ = write!(
            text,
            "url = {}\nsize = {}\nsha256 = {}\n",
            string(&source.url),
            source.size,
            string(&source.sha256.hex()),
        );
    }
    text
}

/// A TOML string; whatever it holds, it stays one line.
fn string(text: &str) -> String {
    let plain = |c: char| !c.is_control() && !matches!(c, '"' | '\\');
    if text.chars().all(plain) {
        return format!("\"{text}\"");
    }
    let mut quoted = String::from("\"");
    for c in text.chars() {
        if plain(c) {
            quoted.push(c);
        } else {
            let _ = write!(quoted, "\\u{:04X}", u32::from(c));
        }
    }
    quoted.push('"');
    quoted
}

fn strings(items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.map(|item| string(&item)).collect();
    format!("[{}]", items.join(", "))
}

/// Reads a lock; errors say where.
pub(super) fn from_text(text: &str) -> Result<Lock, Malformed> {
    let form: Value = toml::from_str(text).map_err(|error| Malformed::toml(&error))?;
    match form.get("version").and_then(Value::as_integer) {
        Some(version) if version == i64::from(VERSION) => {}
        Some(version) => return Err(Malformed::Version { version }),
        None => return Err(Malformed::NoVersion),
    }
    let file: File = toml::from_str(text).map_err(|error| Malformed::toml(&error))?;
    let suites = file.suite.into_iter().map(SuiteTable::locked);
    let sources = file.source.into_iter().map(SourceTable::locked);
    let packages = file.package.into_iter().map(PackageTable::locked);
    Ok(Lock {
        format: file.format,
        recipe: file.recipe.0,
        platforms: file.platforms.into_iter().map(|text| text.0).collect(),
        suites: suites.collect(),
        sources: sources.collect(),
        packages: packages.collect(),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[expect(dead_code, reason = "looked at before the rest")]
    version: u32,
    format: u32,
    recipe: Text<Digest>,
    platforms: Vec<Text<Platform>>,
    #[serde(default)]
    package: Vec<PackageTable>,
    #[serde(default)]
    suite: Vec<SuiteTable>,
    #[serde(default)]
    source: Vec<SourceTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PackageTable {
    name: String,
    version: String,
    architecture: String,
    suite: String,
    path: PoolPath,
    size: u64,
    sha256: Hex,
    seen: Option<Date>,
    only: Option<Text<Platform>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SuiteTable {
    name: String,
    #[serde(rename = "signed-by")]
    signed_by: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceTable {
    kind: SourceKind,
    name: String,
    version: Option<String>,
    url: String,
    size: u64,
    sha256: Hex,
}

impl PackageTable {
    fn locked(self) -> LockedPackage {
        LockedPackage {
            package: Selected {
                name: self.name,
                version: self.version,
                architecture: self.architecture,
                suite: self.suite,
                path: self.path.0,
                size: self.size,
                sha256: self.sha256.0,
                seen: self.seen.map(|date| date.0),
            },
            only: self.only.map(|platform| platform.0),
        }
    }
}

impl SuiteTable {
    fn locked(self) -> LockedSuite {
        LockedSuite {
            name: self.name,
            signed_by: self.signed_by,
        }
    }
}

impl SourceTable {
    fn locked(self) -> LockedSource {
        LockedSource {
            kind: self.kind,
            name: self.name,
            version: self.version,
            url: self.url,
            size: self.size,
            sha256: self.sha256.0,
        }
    }
}

/// A string that parses.
struct Text<T>(T);

impl<'de, T: std::str::FromStr<Err: std::fmt::Display>> Deserialize<'de> for Text<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Self).map_err(serde::de::Error::custom)
    }
}

/// A SHA-256 without the algorithm's name, as Debian writes it.
struct Hex(Digest);

impl<'de> Deserialize<'de> for Hex {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let digest = Digest::from_hex(&text);
        digest.map(Self).map_err(serde::de::Error::custom)
    }
}

/// A time as RFC 3339 in UTC.
struct Date(i64);

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let seconds = timestamp::parse_rfc3339(&text);
        seconds
            .map(Self)
            .ok_or_else(|| serde::de::Error::custom("expected a time such as 2026-09-12T07:55:41Z"))
    }
}

/// A path below the archive's base: it becomes part of an address and a file name.
struct PoolPath(String);

impl<'de> Deserialize<'de> for PoolPath {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let plain = |part: &str| {
            !part.is_empty()
                && !matches!(part, "." | "..")
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"+-._~:%".contains(&byte))
        };
        if text.split('/').all(plain) {
            Ok(Self(text))
        } else {
            Err(serde::de::Error::custom("expected a path of the pool"))
        }
    }
}
