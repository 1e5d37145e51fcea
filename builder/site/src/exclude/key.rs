//! Private keys, told by what is in the file.
//!
//! A key begins a line (RFC 7468), or is a string of a service account's JSON. Source and
//! documentation talk about keys without holding one that matters: cryptography libraries contain
//! the marker in code, manuals contain examples. Those count only if the key is the first thing in
//! the file.

use wpimg_oci::rootfs::TreePath;

/// Files that show keys to people and parsers.
const TALKS_ABOUT_KEYS: [&str; 16] = [
    "php", "inc", "js", "mjs", "ts", "css", "scss", "md", "rst", "html", "htm", "po", "pot", "xml",
    "svg", "map",
];

/// Says whether the file at `path`, of which `start` is the beginning, is a private key.
pub(super) fn is_private(path: &TreePath, start: &[u8]) -> bool {
    const MARKER: &[u8] = b"-----BEGIN ";
    let name = path.file_name();
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let extension = extension.to_ascii_lowercase();
    let only_first = TALKS_ABOUT_KEYS.contains(&extension.as_str());
    let mut from = 0;
    while let Some(position) = find(&start[from..], MARKER).map(|position| from + position) {
        let before = &start[..position];
        let label = &start[position + MARKER.len()..];
        from = position + MARKER.len();
        let begins_line = match before.last() {
            None | Some(b'\n' | b'\r') => true,
            Some(b'"') => extension == "json",
            Some(_) => before == b"\xef\xbb\xbf",
        };
        let is_first = before.iter().all(u8::is_ascii_whitespace);
        if begins_line && is_private_label(label) && (is_first || !only_first) {
            return true;
        }
    }
    false
}

/// Says whether what follows `-----BEGIN ` names a private key.
fn is_private_label(text: &[u8]) -> bool {
    /// `PGP PRIVATE KEY BLOCK`, `OPENSSH PRIVATE KEY`, `ENCRYPTED PRIVATE KEY`: none is longer.
    const LONGEST: usize = 40;
    let text = &text[..text.len().min(LONGEST)];
    let Some(end) = find(text, b"-----") else {
        return false;
    };
    let label = text[..end].strip_suffix(b" BLOCK").unwrap_or(&text[..end]);
    label.ends_with(b"PRIVATE KEY")
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    let mut from = 0;
    loop {
        let first = text[from..].iter().position(|&byte| byte == wanted[0])? + from;
        if text[first..].starts_with(wanted) {
            return Some(first);
        }
        from = first + 1;
    }
}
