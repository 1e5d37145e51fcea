//! A package around tar archives, uncompressed: mutations of the tar stay readable. Format: deb(5).

/// Returns a `.deb` with the given control and data archives.
pub fn around(control: &[u8], tree: &[u8]) -> Vec<u8> {
    let mut package = b"!<arch>\n".to_vec();
    let members = [
        ("debian-binary", &b"2.0\n"[..]),
        ("control.tar", control),
        ("data.tar", tree),
    ];
    for (name, content) in members {
        let header = format!(
            "{name:<16}0           0     0     100644  {:<10}`\n",
            content.len()
        );
        package.extend_from_slice(header.as_bytes());
        package.extend_from_slice(content);
        if content.len() % 2 == 1 {
            package.push(b'\n');
        }
    }
    package
}

/// Returns the smallest control archive.
pub fn control() -> Vec<u8> {
    let text = b"Package: a0\nVersion: 1\nArchitecture: all\n";
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::Regular);
    header.set_mode(0o644);
    header.set_size(text.len() as u64);
    header.as_old_mut().name[..7].copy_from_slice(b"control");
    header.set_cksum();
    let mut archive = [header.as_bytes(), &text[..]].concat();
    archive.resize(archive.len().next_multiple_of(512) + 1024, 0);
    archive
}
