//! Which files of a layer are read and not only hashed: those that say what is installed.
//!
//! Of a plugin's or theme's file only the first 8 KiB count, which is all that WordPress looks at
//! (`get_file_data`).

use crate::path::ImagePath;

const HEADER: u64 = 8 << 10;
const LIST: u64 = 8 << 20;
const STATUS: u64 = 64 << 20;

/// Returns how many bytes of the file are of interest, or `None` if none are.
pub(super) fn of_interest(path: &ImagePath) -> Option<u64> {
    let path = path.as_str()?;
    if let Some(database) = path.strip_prefix("var/lib/dpkg/") {
        return match database {
            "status" => Some(STATUS),
            _ if database.starts_with("status.d/") => Some(LIST),
            _ if database.starts_with("info/") && is(database, ".list") => Some(LIST),
            _ => None,
        };
    }
    let parts: Vec<&str> = path.rsplit('/').take(4).collect();
    let is_header = match parts.as_slice() {
        ["version.php", "wp-includes", ..] | ["style.css", _, "themes", ..] => true,
        [file, "plugins" | "mu-plugins", _, ..] | [file, _, "plugins", ..] => is(file, ".php"),
        _ => false,
    };
    is_header.then_some(HEADER)
}

fn is(name: &str, suffix: &str) -> bool {
    name.len() > suffix.len() && name.ends_with(suffix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_names_software_is_kept() {
        let interest = |path: &str| of_interest(&path.into());
        assert_eq!(interest("var/lib/dpkg/status"), Some(STATUS));
        assert_eq!(interest("var/lib/dpkg/info/libc6:amd64.list"), Some(LIST));
        assert_eq!(interest("var/lib/dpkg/info/libc6:amd64.md5sums"), None);
        for path in [
            "var/www/html/wp-includes/version.php",
            "var/www/html/wp-content/plugins/akismet/akismet.php",
            "var/www/html/wp-content/plugins/hello.php",
            "srv/web/app/mu-plugins/autoload.php",
            "srv/web/app/themes/sage/style.css",
        ] {
            assert_eq!(interest(path), Some(HEADER), "{path}");
        }
        for path in [
            "var/www/html/wp-content/plugins/akismet/views/notice.php",
            "var/www/html/wp-content/themes/sage/functions.php",
            "var/www/html/wp-includes/post.php",
        ] {
            assert_eq!(interest(path), None, "{path}");
        }
    }
}
