//! What is wrong with a table is said with its place, its key and the way out.

use super::{check_refused, message, read, read_for};

#[track_caller]
fn check(text: &str, environment: Option<&str>, expected: &str) {
    let read = match environment {
        None => read(text),
        Some(environment) => read_for(text, environment),
    };
    match read {
        Ok(environment) => panic!("{environment:#?}"),
        Err(error) => assert_eq!(message(&error), expected),
    }
}

#[test]
fn a_misspelt_key_has_a_neighbour() {
    check_refused(
        "  databse-engine = \"aurora\"",
        "unknown key `databse-engine` in [infra] at wpimg.toml:3:3 (did you mean `database-engine`?)\n\
         hint: rename `databse-engine` to `database-engine` in `wpimg.toml`",
    );
    check_refused(
        "DatabaseEngine = \"aurora\"",
        "unknown key `DatabaseEngine` in [infra] at wpimg.toml:3:1 (did you mean `database-engine`?)\n\
         hint: rename `DatabaseEngine` to `database-engine` in `wpimg.toml`",
    );
    check_refused(
        "xyz = 1",
        "unknown key `xyz` in [infra] at wpimg.toml:3:1\nhint: remove line 3 of `wpimg.toml`",
    );
}

#[test]
fn the_first_mistake_of_a_table_is_told_first() {
    check_refused(
        "zebra = 1\ncolour = 2",
        "unknown key `zebra` in [infra] at wpimg.toml:3:1\nhint: remove line 3 of `wpimg.toml`",
    );
}

#[test]
fn what_wpimg_fills_in_is_not_for_the_recipe() {
    check_refused(
        "data-stack = \"other-data\"",
        "`data-stack` in [infra] at wpimg.toml:3:1 is filled in by wpimg: \
         the app stack always belongs to the data stack of the same `name`\n\
         hint: remove line 3 of `wpimg.toml`",
    );
    check_refused(
        "[env.staging]\nimage = \"/shop/image\"",
        "`image` in [env.staging] at wpimg.toml:4:1 is filled in by wpimg: \
         `wpimg deploy` writes the image into Parameter Store, under `/wpimg/NAME/image`\n\
         hint: remove line 4 of `wpimg.toml`",
    );
}

#[test]
fn a_recipe_without_a_name_has_no_stacks() {
    let hint = "hint: write what the site is called: `name = \"shop\"` under [infra]";
    for (text, environment, place) in [
        ("", None, "`wpimg.toml` without [infra]"),
        ("[env.staging]", None, "`wpimg.toml` without [infra]"),
        (
            "\n[infra]\ndomain = \"shop.example\"",
            None,
            "[infra] at wpimg.toml:2:1",
        ),
        (
            "[infra]\n[env.staging]",
            Some("staging"),
            "[env.staging] at wpimg.toml:2:1",
        ),
    ] {
        let expected = format!("{place} does not say what the stacks are called\n{hint}");
        check(text, environment, &expected);
    }
}

#[test]
fn an_environment_has_to_be_there() {
    let text = "[infra]\nname = \"shop\"\n[env.staging]\n[env.live]";
    check(
        text,
        Some("stagign"),
        "`wpimg.toml` has no environment `stagign` (did you mean `staging`?)\n\
         hint: name `live` or `staging`, or add `[env.stagign]` to `wpimg.toml`",
    );
    check(
        "[infra]\nname = \"shop\"",
        Some("staging"),
        "`wpimg.toml` has no environment `staging`\n\
         hint: add `[env.staging]` to `wpimg.toml`, or leave `--env` out",
    );
}

#[test]
fn an_environment_is_called_what_a_stack_can_end_in() {
    for (name, written) in [
        ("Staging", "Staging"),
        ("a_b", "a_b"),
        ("-a", "-a"),
        ("a--b", "a--b"),
        ("", "\"\""),
        ("ü", "\"ü\""),
    ] {
        check(
            &format!("infra.name = \"shop\"\n[env]\n{written} = {{}}"),
            None,
            &format!(
                "`{name}` in [env] at wpimg.toml:3:1 is no name for an environment\n\
                 `{name}` is not lower-case letters, digits and single hyphens between them"
            ),
        );
    }
}

#[test]
fn the_tables_are_tables() {
    check(
        "infra = \"shop\"",
        None,
        "`infra` in the top level at wpimg.toml:1:9 must be a table, not a text",
    );
    check(
        "infra.name = \"shop\"\n[[env]]\nname = \"staging\"",
        None,
        "`env` in the top level at wpimg.toml:2:1 must be a table, not a list",
    );
    check(
        "infra.name = \"shop\"\nenv.staging = true",
        None,
        "`staging` in [env] at wpimg.toml:2:15 must be a table, not true or false",
    );
    check_refused(
        "tags = { team = 7 }",
        "`tags.team` in [infra] at wpimg.toml:3:17 must be a text, not a number",
    );
}

#[test]
fn a_mistake_in_another_environment_is_found_as_well() {
    check(
        "[infra]\nname = \"shop\"\n[env.live]\nzones = 4\n[env.staging]",
        Some("staging"),
        "`zones` in [env.live] at wpimg.toml:4:9 has a value that cannot be used\n\
         `4` is not `2` or `3`",
    );
}

#[test]
fn two_environments_never_are_the_same_stacks() {
    check(
        "[infra]\nname = \"shop\"\n[env.live]\nname = \"shop-staging\"\n[env.staging]\n",
        Some("live"),
        "`name` in [env.staging] at wpimg.toml:5:6 makes `live` and `staging` the same stacks, \
         `shop-staging-data` and `shop-staging-app`\n\
         hint: give `staging` another `name`, `region`, `account` or `profile`",
    );
}

#[test]
fn a_name_that_an_environment_makes_too_long_is_refused_there() {
    let name = "a".repeat(40);
    check(
        &format!("[infra]\nname = \"{name}\"\n[env.staging]\n"),
        Some("staging"),
        &format!(
            "`name` in [env.staging] at wpimg.toml:3:6 has a value that cannot be used\n\
             `{name}-staging` is too long: 45 characters are the most"
        ),
    );
}

#[test]
fn tags_that_an_environment_adds_are_checked_with_the_others() {
    check(
        "[infra]\nname = \"shop\"\ntags = { Team = \"web\" }\n[env.a]\ntags = { team = \"shop\" }",
        Some("a"),
        "`tags` in [env.a] at wpimg.toml:5:17 has a value that cannot be used\n\
         the tag `team` differs from another one only in upper and lower case",
    );
    let tags = |letter: char, count: usize| {
        let tags = (1..=count).map(|number| format!("{letter}{number} = \"x\""));
        format!("tags = {{ {} }}", tags.collect::<Vec<_>>().join(", "))
    };
    let text = format!(
        "[infra]\nname = \"shop\"\n{}\n[env.a]\n{}",
        tags('a', 40),
        tags('b', 6)
    );
    assert!(read(&text).is_ok());
    let error = read_for(&text, "a").unwrap_err();
    assert!(
        message(&error).ends_with("there are more than 45 tags"),
        "{}",
        message(&error)
    );
}

#[test]
fn what_is_no_toml_has_a_place() {
    check(
        "[infra]\nname = shop",
        None,
        "the recipe is not valid TOML at wpimg.toml:2:8: string values must be quoted, expected literal string",
    );
}

#[test]
fn columns_count_characters() {
    check(
        "infra = { name = \"shop\", tags = { \"Größe\" = \"groß\" }, zone = 2 }",
        None,
        "unknown key `zone` in [infra] at wpimg.toml:1:55 (did you mean `zones`?)\n\
         hint: rename `zone` to `zones` in `wpimg.toml`",
    );
}
