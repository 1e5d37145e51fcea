//! The names that are left out.
//!
//! Directory rules hold for anything of that name, because a `.git` may be a file and a link is no
//! better; file rules hold for names that a directory may well have (`error.log/`).

use wpimg_oci::rootfs::TreePath;

use super::{LeftOutPath, Reason, Shape};

/// Returns every part of `path` that a rule speaks against, the outermost first.
pub(super) fn hits(path: &TreePath, shape: Shape) -> impl Iterator<Item = LeftOutPath> {
    let text = path.as_str();
    let mut end = 0;
    path.components().filter_map(move |component| {
        let start = if end == 0 { 0 } else { end + 1 };
        end = start + component.len();
        let is_file = end == text.len() && shape == Shape::File;
        let reason = match by_name(component) {
            None if is_file => file_by_name(component, text),
            reason => reason,
        };
        Some(LeftOutPath {
            reason: reason?,
            path: text[..end].parse().ok()?,
        })
    })
}

fn by_name(name: &str) -> Option<Reason> {
    Some(match name {
        ".git" | ".svn" | ".hg" | ".bzr" | "CVS" | ".github" | ".gitlab" | ".gitignore"
        | ".gitattributes" | ".gitmodules" | ".gitkeep" | ".svnignore" | ".hgignore" => {
            Reason::VersionControl
        }
        "node_modules" | "bower_components" => Reason::NodeModules,
        "__MACOSX" | ".DS_Store" | ".AppleDouble" | ".Spotlight-V100" | ".Trashes" | ".idea"
        | ".vscode" | ".fleet" | "$RECYCLE.BIN" => Reason::Debris,
        ".ssh" | ".gnupg" | ".aws" => Reason::PrivateKey,
        ".env" | ".envrc" => Reason::Environment,
        _ if name.starts_with(".env.") => Reason::Environment,
        _ => return None,
    })
}

fn file_by_name(name: &str, path: &str) -> Option<Reason> {
    let lower = name.to_ascii_lowercase();
    let ends = |suffixes: &[&str]| suffixes.iter().any(|suffix| lower.ends_with(suffix));
    let is_key = ["id_rsa", "id_dsa", "id_ecdsa", "id_ed25519"]
        .iter()
        .any(|prefix| lower.starts_with(prefix));
    let reason = if path == "wp-config.php" {
        // One level down it is somebody's template; at the root it is this installation's.
        Reason::Configuration
    } else if is_key || ends(&[".key", ".p12", ".pfx", ".ppk"]) {
        Reason::PrivateKey
    } else if matches!(
        lower.as_str(),
        ".htpasswd" | ".netrc" | ".pgpass" | ".my.cnf"
    ) || path == "auth.json"
    {
        // At the root it is Composer's, with the tokens of private repositories.
        Reason::PasswordFile
    } else if ends(&[
        ".sql", ".sql.gz", ".sql.bz2", ".sql.xz", ".sql.zst", ".sql.zip", ".sqlite", ".sqlite3",
    ]) {
        Reason::DatabaseDump
    } else if ends(&[".log"]) || matches!(lower.as_str(), "error_log" | "access_log") {
        Reason::Log
    } else if ends(&[".bak", ".swp", ".swo", "~", ".orig", ".rej"]) {
        Reason::Backup
    } else if matches!(lower.as_str(), "thumbs.db" | "desktop.ini" | "ehthumbs.db")
        || name.starts_with("._")
        || name.starts_with(".#")
    {
        Reason::Debris
    } else {
        return None;
    };
    Some(reason)
}
