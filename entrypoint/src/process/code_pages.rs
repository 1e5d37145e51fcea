//! The pages of this program's own code.
//!
//! The program is larger than PID 1: most of it are the jobs, with TLS and the AWS SDK. The start touches code all
//! over, and the kernel maps sixteen pages around each touch. When the site serves, and after each job, PID 1 lets go
//! of them; the kernel still has them in its cache, and maps again the few that the event loop uses.

use std::fs;
use std::ops::Range;

use super::sys;

/// Lets go of them. Nothing depends on it, so a failure is no news.
pub(crate) fn release_code() {
    let Ok(maps) = fs::read_to_string("/proc/self/maps") else {
        return;
    };
    if let Some(code) = code(&maps, release_code as fn() as usize) {
        sys::forget_code(&code);
    }
}

/// The code around an address, with the constants that lie before it.
///
/// Only what comes from a file and was never written to: constants with addresses in them are corrected by the dynamic
/// linker, but those are not in the segment that begins the file, which has its header.
fn code(maps: &str, address: usize) -> Option<Code> {
    let mappings: Vec<Mapping<'_>> = maps.lines().filter_map(Mapping::parse).collect();
    let place = mappings
        .iter()
        .position(|mapping| mapping.range.contains(&address))?;
    let code = &mappings[place];
    if code.permissions != "r-xp" || !code.path.starts_with('/') {
        return None;
    }
    let constants = place.checked_sub(1).map(|before| &mappings[before]);
    let constants = constants.filter(|before| {
        let adjoins = before.range.end == code.range.start && before.path == code.path;
        adjoins && before.permissions == "r--p" && before.offset == 0
    });
    let start = constants.unwrap_or(code).range.start;
    Some(Code(start..code.range.end))
}

/// A line of proc_pid_maps(5).
struct Mapping<'a> {
    range: Range<usize>,
    permissions: &'a str,
    offset: u64,
    path: &'a str,
}

impl<'a> Mapping<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let mut fields = line.split_ascii_whitespace();
        let (start, end) = fields.next()?.split_once('-')?;
        let number = |text| usize::from_str_radix(text, 16).ok();
        Some(Self {
            range: number(start)?..number(end)?,
            permissions: fields.next()?,
            offset: u64::from_str_radix(fields.next()?, 16).ok()?,
            path: fields.nth(2).unwrap_or_default(),
        })
    }
}

/// Addresses of code that can be read from its file again.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Code(Range<usize>);

impl Code {
    pub(super) fn range(&self) -> &Range<usize> {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAPS: &str = "\
7f777a800000-7f777a938000 r--p 00000000 fe:00 104 /usr/bin/wpimg-init
7f777a938000-7f777ac1c000 r-xp 00137000 fe:00 104 /usr/bin/wpimg-init
7f777ac1c000-7f777ac45000 rw-p 0041a000 fe:00 104 /usr/bin/wpimg-init
7f777ad00000-7f777ad01000 r-xp 00000000 00:00 0
7f777ad02000-7f777ad03000 r-xp 00000000 00:00 0 [vdso]
";

    #[test]
    fn code_and_the_constants_before_it_are_let_go_of_and_nothing_else() {
        let expected = Code(0x7f77_7a80_0000..0x7f77_7ac1_c000);
        assert_eq!(code(MAPS, 0x7f77_7a93_8000), Some(expected));
        for other in [
            0x7f77_7a80_0000,
            0x7f77_7ac1_c000,
            0x7f77_7ad0_0000,
            0x7f77_7ad0_2000,
            0,
        ] {
            assert_eq!(code(MAPS, other), None, "{other:x}");
        }
    }

    #[test]
    fn what_may_have_been_written_to_stays() {
        for (from, to) in [
            ("r--p 00000000", "rw-p 00000000"),
            ("r--p 00000000", "r--p 00001000"),
            (
                "104 /usr/bin/wpimg-init\n7f777a938000",
                "104 /other\n7f777a938000",
            ),
        ] {
            let only_code = Code(0x7f77_7a93_8000..0x7f77_7ac1_c000);
            let maps = MAPS.replacen(from, to, 1);
            assert_eq!(code(&maps, 0x7f77_7a93_8000), Some(only_code), "{to}");
        }
    }

    #[test]
    fn the_program_goes_on_without_its_pages() {
        release_code();
        let maps = fs::read_to_string("/proc/self/maps").unwrap();
        assert!(code(&maps, release_code as fn() as usize).is_some());
    }
}
