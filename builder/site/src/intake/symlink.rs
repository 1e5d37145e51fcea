//! Where symbolic links lead: never out of the root, whatever other links they pass through.
//!
//! A link may dangle, for its target may be something that was left out; the path it dangles at is
//! inside all the same. Resolution follows path_resolution(7), counting links as Linux does.

use wpimg_oci::rootfs::TreePath;

use super::Problem;
use crate::{
    entry::{SiteEntry, SiteKind, find},
    excerpt::excerpt,
};

/// `MAXSYMLINKS` of Linux.
const MOST_LINKS: usize = 40;
/// `PATH_MAX` less the terminating NUL.
const LONGEST_TARGET: usize = 4095;

/// Checks the text of a link's target.
pub(super) fn target(link: &TreePath, raw: &[u8]) -> Result<String, Problem> {
    let refused = || Problem::LinkTarget {
        link: link.clone(),
        target: excerpt(&String::from_utf8_lossy(raw)),
    };
    let target = std::str::from_utf8(raw).map_err(|_| refused())?;
    let is_odd = |character: char| character.is_control() || character == '\\';
    if target.is_empty() || target.len() > LONGEST_TARGET || target.contains(is_odd) {
        return Err(refused());
    }
    Ok(target.to_owned())
}

/// Refuses links that are absolute, climb above the root, or lead in circles.
pub(super) fn refuse_escapes(entries: &[SiteEntry]) -> Result<(), Problem> {
    for entry in entries {
        if let SiteKind::Symlink(target) = &entry.kind {
            follow(entries, &entry.path, target)?;
        }
    }
    Ok(())
}

fn follow(entries: &[SiteEntry], link: &TreePath, target: &str) -> Result<(), Problem> {
    let leaves = || Problem::LinkLeaves {
        link: link.clone(),
        target: excerpt(target),
    };
    let mut reached: Vec<&str> = link.components().collect();
    reached.pop();
    let mut pending: Vec<&str> = Vec::new();
    let mut next_target = target;
    let mut links = 0;
    loop {
        links += 1;
        if links > MOST_LINKS {
            return Err(Problem::LinkCircle {
                link: link.clone(),
                target: excerpt(target),
            });
        }
        if next_target.starts_with('/') {
            return Err(leaves());
        }
        pending.extend(next_target.split('/').rev());
        let another = loop {
            let Some(component) = pending.pop() else {
                return Ok(());
            };
            match component {
                "" | "." => continue,
                ".." => {
                    reached.pop().ok_or_else(leaves)?;
                    continue;
                }
                name => reached.push(name),
            }
            // What is not there cannot be a link, and the rest of the path is then plain text.
            if let Some(SiteKind::Symlink(target)) =
                find(entries, &reached.join("/")).map(|entry| &entry.kind)
            {
                reached.pop();
                break target;
            }
        };
        next_target = another;
    }
}
