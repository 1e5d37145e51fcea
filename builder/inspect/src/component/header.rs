//! The comment that heads a plugin's main file or a theme's stylesheet.
//!
//! A field counts where WordPress finds it: at the beginning of a line, after the marks of a
//! comment. Rule: `get_file_data` in `wp-includes/functions.php`.

/// Returns the value of a field such as `Version`, without the end of the comment.
pub(super) fn field(text: &[u8], name: &str) -> Option<String> {
    let text = String::from_utf8_lossy(text);
    let value = text.split(['\n', '\r']).find_map(|line| {
        let line = line.trim_start_matches("<?php");
        let line = line.trim_start_matches([' ', '\t', '/', '*', '#', '@']);
        let head = line.get(..name.len())?;
        let rest = &line[name.len()..];
        head.eq_ignore_ascii_case(name)
            .then_some(rest)?
            .strip_prefix(':')
    })?;
    let value = value.split("*/").next().unwrap_or_default();
    let value = value.split("?>").next().unwrap_or_default().trim();
    (!value.is_empty()).then(|| value.to_owned())
}

/// Returns the string that `wp-includes/version.php` assigns to a variable.
pub(super) fn assigned(text: &[u8], variable: &str) -> Option<String> {
    let text = String::from_utf8_lossy(text);
    let value = text.lines().find_map(|line| {
        line.trim()
            .strip_prefix('$')?
            .strip_prefix(variable)?
            .trim_start()
            .strip_prefix('=')
    })?;
    let value = value.trim().trim_end_matches(';').trim();
    let quoted = value
        .strip_prefix('\'')
        .and_then(|rest| rest.strip_suffix('\''));
    let quoted = quoted.or_else(|| {
        value
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'))
    });
    quoted.map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_where_wordpress_finds_them() {
        let plugin = b"<?php\n/**\n * Plugin Name: Shop\n * Version:  2.1 */\n$x = 'Version: 9';";
        assert_eq!(field(plugin, "Plugin Name").as_deref(), Some("Shop"));
        assert_eq!(field(plugin, "version").as_deref(), Some("2.1"));
        assert_eq!(field(plugin, "Author"), None);
        assert_eq!(
            field(b"<?php // Plugin Name: One ?>", "Plugin Name").as_deref(),
            Some("One")
        );
        assert_eq!(
            field(b"/*\r\nTheme Name: T\r\n*/", "Theme Name").as_deref(),
            Some("T")
        );
        assert_eq!(field("// Größe".as_bytes(), "Plugin Name"), None);
    }

    #[test]
    fn the_version_of_wordpress_is_an_assignment() {
        let text =
            b"<?php\n/** $wp_version = 'no' */\n$wp_version = '6.8.3';\n$wp_db_version = 60421;";
        assert_eq!(assigned(text, "wp_version").as_deref(), Some("6.8.3"));
        assert_eq!(assigned(text, "wp_db_version"), None);
    }
}
