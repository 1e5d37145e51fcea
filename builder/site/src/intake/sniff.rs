//! The beginning of a file, read ahead so that it can be judged before it is kept.

use std::io::{self, Cursor, Read};

use crate::exclude::SNIFFED_BYTES;

/// Reads up to [`SNIFFED_BYTES`]; a file that is longer keeps the rest in `reader`.
pub(super) fn read_ahead(reader: &mut dyn Read) -> io::Result<Vec<u8>> {
    let mut start = Vec::new();
    reader.take(SNIFFED_BYTES).read_to_end(&mut start)?;
    Ok(start)
}

/// Returns a reader over what was read ahead and then the rest.
pub(super) fn rejoin<'a>(start: &'a [u8], rest: &'a mut dyn Read) -> impl Read + 'a {
    Cursor::new(start).chain(rest)
}
