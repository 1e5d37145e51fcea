//! One value of php.ini, written so that PHP reads what the recipe says.
//!
//! Constants, numbers and their combinations (`E_ALL & ~E_DEPRECATED`, `256M`, `Off`) stand bare,
//! since quoting would turn them into text. Everything else stands in single quotes, within which
//! PHP interprets nothing, not even `${VARIABLE}`. Source: PHP manual, parse_ini_file.

use super::ValueError;

/// Returns the value as it stands after `name = `.
pub(super) fn written(name: &str, value: &str) -> Result<String, ValueError> {
    let of_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    if name.is_empty() || !name.bytes().all(of_name) {
        return Err(ValueError::IniName {
            name: name.to_owned(),
        });
    }
    let bare = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-&|~^!() ".contains(&byte);
    if value.bytes().all(bare) {
        return Ok(value.to_owned());
    }
    if value.contains('\'') || value.contains(char::is_control) {
        return Err(ValueError::IniValue {
            name: name.to_owned(),
        });
    }
    Ok(format!("'{value}'"))
}

#[cfg(test)]
mod tests {
    use super::written;

    #[test]
    fn constants_stand_bare_and_texts_in_quotes_that_interpret_nothing() {
        for (value, expected) in [
            ("256M", "256M"),
            ("-1", "-1"),
            ("E_ALL & ~E_DEPRECATED", "E_ALL & ~E_DEPRECATED"),
            ("", ""),
            ("Europe/Berlin", "'Europe/Berlin'"),
            ("say \"hi\" \\", "'say \"hi\" \\'"),
            ("${HOME};x", "'${HOME};x'"),
        ] {
            assert_eq!(written("name", value).unwrap(), expected);
        }
    }

    #[test]
    fn what_php_could_read_in_another_way_is_refused() {
        for (name, value) in [
            ("a]", "1"),
            ("a b", "1"),
            ("", "1"),
            ("a", "it's"),
            ("a", "b\rc="),
        ] {
            assert!(written(name, value).is_err(), "{name} = {value}");
        }
    }
}
