//! Makes the checksums of a tar right, so that a mutation gets past them.

use tar::Header;

const BLOCK: usize = 512;

/// Rewrites the checksum of every header that is where the sizes before it say.
pub fn seal(archive: &mut [u8]) {
    let mut at = 0;
    while let Some(block) = archive.get_mut(at..at + BLOCK) {
        at += BLOCK;
        if block.iter().all(|&byte| byte == 0) {
            continue;
        }
        let mut header = Header::from_byte_slice(block).clone();
        header.set_cksum();
        block.copy_from_slice(header.as_bytes());
        let size = header.entry_size().unwrap_or_default();
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        // A size that leads out of the archive is a lie: go on with the next block.
        let end = size
            .checked_next_multiple_of(BLOCK)
            .and_then(|padded| at.checked_add(padded));
        at = end.filter(|&end| end <= archive.len()).unwrap_or(at);
    }
}
