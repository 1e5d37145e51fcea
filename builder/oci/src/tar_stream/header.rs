//! One member's header blocks: a ustar header, preceded by a PAX one if ustar is too small.
//!
//! ustar holds a path of 100 bytes, or 155 + 100 split at a slash; a link target of 100 bytes;
//! numeric owners to 2 097 151, sizes to 8 GiB and times from 1970 to 2242. Paths outside ASCII go
//! to PAX as well, because only PAX says that they are UTF-8.

use std::io;

use tar::{EntryType, Header};

use super::{BLOCK, pax::Records};

const NAME_SIZE: usize = 100;
const PREFIX_SIZE: usize = 155;
/// Seven octal digits and a NUL.
const LARGEST_OWNER: u32 = 0o777_7777;
/// Eleven octal digits and a NUL.
const LARGEST_NUMBER: u64 = 0o777_7777_7777;
const PERMISSIONS: u32 = 0o7777;

/// What a header says about a member, apart from the size of its content.
pub(crate) struct Member<'a> {
    /// Without a trailing slash, also for a directory.
    pub(crate) path: &'a str,
    pub(crate) kind: MemberKind<'a>,
    pub(crate) mode: u32,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    pub(crate) mtime: u64,
}

#[derive(Clone, Copy)]
pub(crate) enum MemberKind<'a> {
    Directory,
    File,
    Symlink(&'a str),
    Hardlink(&'a str),
}

/// Returns the header blocks of `member`.
pub(super) fn encode(member: &Member<'_>, size: u64) -> io::Result<Vec<u8>> {
    let path = match member.kind {
        MemberKind::Directory => format!("{}/", member.path),
        _ => member.path.to_owned(),
    };
    let (entry_type, target) = match member.kind {
        MemberKind::Directory => (EntryType::Directory, ""),
        MemberKind::File => (EntryType::Regular, ""),
        MemberKind::Symlink(target) => (EntryType::Symlink, target),
        MemberKind::Hardlink(target) => (EntryType::Link, target),
    };

    let mut records = Records::default();
    let split = split_path(&path);
    if split.is_none() {
        records.add("path", &path);
    }
    if target.len() > NAME_SIZE || !target.is_ascii() {
        records.add("linkpath", target);
    }
    for (keyword, number, largest) in [
        ("uid", u64::from(member.uid), u64::from(LARGEST_OWNER)),
        ("gid", u64::from(member.gid), u64::from(LARGEST_OWNER)),
        ("mtime", member.mtime, LARGEST_NUMBER),
        ("size", size, LARGEST_NUMBER),
    ] {
        if number > largest {
            records.add(keyword, &number.to_string());
        }
    }

    let fallback = fallback_name(&path);
    let (prefix, name) = split.unwrap_or(("", &fallback));
    let mut header = Header::new_ustar();
    header.set_entry_type(entry_type);
    header.set_mode(member.mode & PERMISSIONS);
    // A value that PAX carries stands as 0 in ustar: readers that know PAX ignore it.
    header.set_uid(if member.uid > LARGEST_OWNER {
        0
    } else {
        member.uid.into()
    });
    header.set_gid(if member.gid > LARGEST_OWNER {
        0
    } else {
        member.gid.into()
    });
    header.set_mtime(if member.mtime > LARGEST_NUMBER {
        0
    } else {
        member.mtime
    });
    header.set_size(if size > LARGEST_NUMBER { 0 } else { size });
    put_names(&mut header, prefix, name, &fallback_name(target))?;

    let mut bytes = Vec::with_capacity(BLOCK);
    if !records.is_empty() {
        bytes = encode_records(&fallback, records)?;
    }
    bytes.extend(header.as_bytes());
    Ok(bytes)
}

fn encode_records(name: &str, records: Records) -> io::Result<Vec<u8>> {
    let content = records.into_bytes();
    let leaf = name
        .trim_end_matches('/')
        .rsplit('/')
        .next()
        .unwrap_or_default();
    let mut header = Header::new_ustar();
    header.set_entry_type(EntryType::XHeader);
    header.set_mode(0o644);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header.set_size(content.len() as u64);
    put_names(&mut header, "PaxHeaders.0", leaf, "")?;
    let mut bytes = header.as_bytes().to_vec();
    let padding = content.len().next_multiple_of(BLOCK) - content.len();
    bytes.extend(content);
    bytes.extend(&[0; BLOCK][..padding]);
    Ok(bytes)
}

/// Fills the text fields and then, last of all, the checksum.
fn put_names(header: &mut Header, prefix: &str, name: &str, target: &str) -> io::Result<()> {
    let ustar = header.as_ustar_mut().ok_or(io::ErrorKind::InvalidData)?;
    ustar.prefix[..prefix.len()].copy_from_slice(prefix.as_bytes());
    ustar.name[..name.len()].copy_from_slice(name.as_bytes());
    ustar.linkname[..target.len()].copy_from_slice(target.as_bytes());
    header.set_cksum();
    Ok(())
}

/// Returns prefix and name if ustar can hold `path`, with the longest name that fits.
fn split_path(path: &str) -> Option<(&str, &str)> {
    if !path.is_ascii() {
        return None;
    }
    if path.len() <= NAME_SIZE {
        return Some(("", path));
    }
    // A directory's own trailing slash cannot be the split: the name would be empty.
    path.trim_end_matches('/')
        .match_indices('/')
        .map(|(position, _)| (&path[..position], &path[position + 1..]))
        .find(|(prefix, name)| prefix.len() <= PREFIX_SIZE && name.len() <= NAME_SIZE)
}

/// Returns what stands in a ustar text field, whole or as a stand-in for a PAX record.
fn fallback_name(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_ascii() { c } else { '_' })
        .take(NAME_SIZE)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member<'a>(path: &'a str, kind: MemberKind<'a>) -> Member<'a> {
        Member {
            path,
            kind,
            mode: 0o644,
            uid: 0,
            gid: 0,
            mtime: 0,
        }
    }

    fn check_path(path: &str, expected: Option<(&str, &str)>) {
        assert_eq!(split_path(path), expected, "{path}");
    }

    #[test]
    fn a_path_is_split_so_that_the_name_is_as_long_as_fits() {
        let (d, f) = ("d".repeat(60), "f".repeat(60));
        check_path("etc/passwd", Some(("", "etc/passwd")));
        check_path(&format!("x/{d}/{f}"), Some((&format!("x/{d}"), &f)));
        check_path(&format!("{d}/{f}/"), Some((&d, &format!("{f}/"))));
        check_path(&"n".repeat(101), None);
        check_path(&format!("{}/f", "d".repeat(156)), None);
        check_path("naïve", None);
    }

    #[test]
    fn a_size_or_time_beyond_ustar_goes_to_pax() {
        for (size, mtime, record) in [
            (LARGEST_NUMBER, LARGEST_NUMBER, None),
            (LARGEST_NUMBER + 1, 0, Some("19 size=8589934592\n")),
            (0, LARGEST_NUMBER + 1, Some("20 mtime=8589934592\n")),
        ] {
            let member = Member {
                mtime,
                ..member("f", MemberKind::File)
            };
            let bytes = encode(&member, size).unwrap();
            let records = bytes.get(BLOCK..2 * BLOCK).map(|block| {
                let end = block.iter().position(|byte| *byte == 0).unwrap();
                std::str::from_utf8(&block[..end]).unwrap()
            });
            assert_eq!(records, record);
        }
    }

    #[test]
    fn every_block_is_whole_and_names_no_one() {
        let long = "é".repeat(400);
        for kind in [
            MemberKind::Directory,
            MemberKind::Symlink(&long),
            MemberKind::File,
        ] {
            let bytes = encode(&member(&long, kind), 0).unwrap();
            assert_eq!(bytes.len() % BLOCK, 0);
            let header = &bytes[bytes.len() - BLOCK..];
            assert_eq!(&header[257..265], b"ustar\x0000");
            // The fields for the names of user and group.
            assert_eq!(header[265..329], [0; 64]);
        }
    }
}
