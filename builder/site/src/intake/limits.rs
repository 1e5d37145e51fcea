//! How much an archive may unpack to, so that a small file cannot fill a disk.

/// Limits on one thing taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of all files together.
    pub unpacked: u64,
    /// How many times its own size an archive may unpack to, once it is past [`Limits::unjudged`].
    ///
    /// Text compresses ten to twenty times; deflate ends at 1032, zstd and xz far beyond.
    pub ratio: u64,
    /// Bytes that any archive may unpack to whatever its ratio.
    pub unjudged: u64,
    /// Files, directories and links, the ones left out included.
    pub entries: usize,
    /// Bytes of a path inside the archive; the path of the site comes on top.
    pub path_bytes: usize,
    /// Components of a path.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            unpacked: 2 << 30,
            ratio: 250,
            unjudged: 64 << 20,
            entries: 200_000,
            path_bytes: 1024,
            depth: 64,
        }
    }
}

impl Limits {
    /// Returns how many bytes an archive of `size` bytes may unpack to.
    pub(super) fn allowance(&self, size: u64) -> u64 {
        let by_ratio = size.saturating_mul(self.ratio).max(self.unjudged);
        by_ratio.min(self.unpacked)
    }
}

#[cfg(test)]
mod tests {
    use super::Limits;

    #[test]
    fn a_small_archive_may_not_unpack_to_everything_allowed() {
        let limits = Limits::default();
        assert_eq!(limits.allowance(100 << 10), 64 << 20);
        assert_eq!(limits.allowance(1 << 20), 250 << 20);
        assert_eq!(limits.allowance(u64::MAX), 2 << 30);
    }
}
