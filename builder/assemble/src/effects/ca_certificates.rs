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
    let mut enabled = String::new();
    let mut bundle = Vec::new();
    let mut by_link = BTreeMap::new();
    for path in context.files_below(SHIPPED)? {
        let Some(stem) = path.file_name().strip_suffix(".crt") else {
            continue;
        };
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
        let link: String = stem
            .chars()
            .map(|c| match c {
                ' ' | ',' => '_',
                '(' | ')' => '=',
                other => other,
            })
            .collect();
        by_link.insert(format!("{link}.pem"), (path, hash));
    }
    if by_link.is_empty() {
        return Ok(());
    }
    context.file("etc/ca-certificates.conf", enabled.into_bytes())?;
    context.file(&format!("{DIRECTORY}/ca-certificates.crt"), bundle)?;
    // Equal hashes are numbered in the order of the links, in which rehash reads the directory.
    let mut numbers: BTreeMap<u32, u32> = BTreeMap::new();
    for (link, (path, hash)) in by_link {
        let number = numbers.entry(hash).or_default();
        context.symlink(&format!("{DIRECTORY}/{hash:08x}.{number}"), &link)?;
        context.symlink(&format!("{DIRECTORY}/{link}"), &format!("/{path}"))?;
        *number += 1;
    }
    Ok(())
}
