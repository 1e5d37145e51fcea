//! Empty files by which nginx learns what PID 1 knows.

use std::fs;
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use wpimg_report::Report;

pub(super) fn mark(marker: &Path, report: &mut Report) {
    let made = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .custom_flags(nix::libc::O_NOFOLLOW)
        .open(marker);
    if let Err(error) = made {
        report.message(format_args!("cannot write `{}`: {error}", marker.display()));
    }
}

pub(super) fn unmark(marker: &Path, report: &mut Report) {
    match fs::remove_file(marker) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            report.message(format_args!(
                "cannot remove `{}`: {error}",
                marker.display()
            ));
        }
        Ok(()) | Err(_) => {}
    }
}
