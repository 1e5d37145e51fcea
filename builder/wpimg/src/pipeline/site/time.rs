//! The time of a file, from its contents.
//!
//! The times of a checkout say when it was cloned, so they cannot go into an image that others
//! shall reproduce. One fixed time for all would be worse: nginx makes `ETag` and `Last-Modified`
//! of time and size, and a browser would keep a stylesheet whose new version happens to have the
//! same size. So the time follows from the contents: the same bytes have the same time, other bytes
//! another one (but for one pair in sixteen million).

use wpimg_oci::digest::Digest;

/// 2001-09-09T01:46:40Z, older than any release of WordPress.
pub(super) const DIRECTORY: i64 = 1_000_000_000;

/// A moment in the 194 days after [`DIRECTORY`].
pub(super) fn of_contents(digest: &Digest) -> i64 {
    let first = &digest.hex()[..6];
    // Six hexadecimal digits are a number.
    DIRECTORY + i64::from_str_radix(first, 16).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_of_contents_is_a_change_of_time() {
        let time = |text: &str| of_contents(&Digest::of(text.as_bytes()));
        assert_eq!(time("a { color: red }"), time("a { color: red }"));
        assert_ne!(time("a { color: red }"), time("a { color: tan }"));
        assert!((DIRECTORY..DIRECTORY + (1 << 24)).contains(&time("")));
    }
}
