//! `ca-certificates`: what `update-ca-certificates(8)` makes of the certificates it ships.
//!
//! Three things: `/etc/ca-certificates.conf` with every certificate enabled, the bundle that
//! OpenSSL, curl and PHP read, and a directory in which OpenSSL finds an issuer by the hash of its
//! subject (`openssl rehash`).

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{Context, EffectError, subject_hash};

const SHIPPED: &str = "usr/share/ca-certificates";
const DIRECTORY: &str = "etc/ssl/certs";

pub(super) fn apply(context: &mut Context<'_>) -> Result<(), EffectError> {
    let certificates: Vec<_> = context
        .files_below(SHIPPED)?
        .into_iter()
        .filter(|path| path.as_str().ends_with(".crt"))
        .collect();
    if certificates.is_empty() {
        return Ok(());
    }
    let mut enabled = String::new();
    let mut bundle = Vec::new();
    let mut links = BTreeMap::new();
    let mut collisions: BTreeMap<u32, u32> = BTreeMap::new();
    for path in certificates {
        let name = &path.as_str()[SHIPPED.len() + 1..];
        let _ = writeln!(enabled, "{name}");
        let pem = context.read(&path)?.unwrap_or_default();
        let hash = subject_hash::of_pem(&pem).map_err(|reason| EffectError::Certificate {
            path: path.clone(),
            reason,
        })?;
        bundle.extend_from_slice(&pem);
        if !pem.ends_with(b"\n") {
            bundle.push(b'\n');
        }
        // As update-ca-certificates names them: no blanks, brackets or commas.
        let link: String = path
            .file_name()
            .trim_end_matches(".crt")
            .chars()
            .map(|c| match c {
                ' ' | ',' => '_',
                '(' | ')' => '=',
                other => other,
            })
            .collect();
        links.insert(format!("{link}.pem"), format!("/{path}"));
        let number = collisions.entry(hash).or_default();
        links.insert(format!("{hash:08x}.{number}"), format!("{link}.pem"));
        *number += 1;
    }
    context.file("etc/ca-certificates.conf", enabled.into_bytes())?;
    context.file(&format!("{DIRECTORY}/ca-certificates.crt"), bundle)?;
    for (link, target) in links {
        context.symlink(&format!("{DIRECTORY}/{link}"), &target)?;
    }
    Ok(())
}
