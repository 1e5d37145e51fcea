//! A parameter's name in the manners of other files.

/// As keys of `wpimg.toml` are: `MultiAz` is `multi-az`.
pub fn kebab_case(name: &str) -> String {
    separated(name, '-')
}

/// As variables of Terraform are: `MultiAz` is `multi_az`.
pub fn snake_case(name: &str) -> String {
    separated(name, '_')
}

/// Every capital begins a word.
fn separated(name: &str, separator: char) -> String {
    let mut result = String::new();
    for (index, character) in name.char_indices() {
        if character.is_ascii_uppercase() && index > 0 {
            result.push(separator);
        }
        result.push(character.to_ascii_lowercase());
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_capital_begins_a_word() {
        for (name, kebab, snake) in [
            ("Cidr", "cidr", "cidr"),
            ("MultiAz", "multi-az", "multi_az"),
            (
                "CloudFrontPrefixList",
                "cloud-front-prefix-list",
                "cloud_front_prefix_list",
            ),
        ] {
            assert_eq!(kebab_case(name), kebab);
            assert_eq!(snake_case(name), snake);
        }
    }
}
