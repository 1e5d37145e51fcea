//! How a recipe is told that its site cannot be, word for word.

use super::parse;
use crate::error_report::Failure;

/// The error and its hint, as the terminal shows them.
fn error_of(text: &str) -> String {
    Failure::from(parse(text).unwrap_err()).render()
}

#[test]
fn two_sources_at_once_are_refused() {
    insta::assert_snapshot!(error_of("[[plugin]]\nslug = \"akismet\"\nversion = \"5.3\"\nurl = \"https://a.example/x.zip\""), @r"
    error: [[plugin]] at wpimg.toml:4:1 has both `slug` and `url`

    hint: choose one: remove `slug` or `url`
    ");
    insta::assert_snapshot!(error_of("[wordpress]\nsource = \"debian\"\n  path = \"wordpress\""), @r"
    error: [wordpress] at wpimg.toml:3:3 has both `source` and `path`

    hint: choose one: remove `source` or `path`
    ");
}

#[test]
fn a_plugin_without_a_source_is_refused() {
    insta::assert_snapshot!(error_of("[php]\n\n[[plugin]]\nname = \"shop\""), @r"
    error: [[plugin]] at wpimg.toml:3:1 does not say where it comes from

    hint: add one of `slug`, `url` or `path`
    ");
    insta::assert_snapshot!(error_of("[[theme]]\nslgu = \"shop\""), @r"
    error: unknown key `slgu` in [[theme]] at wpimg.toml:2:1 (did you mean `slug`?)

    hint: rename `slgu` to `slug` in `wpimg.toml`
    ");
}

#[test]
fn a_key_about_another_that_is_not_there_is_refused() {
    insta::assert_snapshot!(error_of("[[plugin]]\npath = \"a\"\nversion = \"5.3\""), @r"
    error: `version` in [[plugin]] at wpimg.toml:3:11 goes only with `slug`

    hint: remove `version`
    ");
    insta::assert_snapshot!(error_of("[[plugin]]\nslug = \"a\"\nsha256 = \"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\""), @r"
    error: `sha256` in [[plugin]] at wpimg.toml:3:10 goes only with `url`

    hint: remove `sha256`
    ");
    insta::assert_snapshot!(error_of("[wordpress]\nsha256 = \"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\""), @r"
    error: `sha256` in [wordpress] at wpimg.toml:2:10 goes only with `version` or `url`

    hint: remove `sha256`
    ");
    insta::assert_snapshot!(error_of("[wordpress]\nversion = \"6.8.3\"\ntheme = \"twentytwentyfive\""), @r#"
    error: `theme` in [wordpress] at wpimg.toml:3:9 goes only with `source = "debian"`

    hint: remove `theme`
    "#);
}

#[test]
fn two_plugins_in_one_directory_are_refused_with_both_places() {
    insta::assert_snapshot!(error_of("[[plugin]]\nslug = \"shop\"\n\n[[plugin]]\npath = \"plugins/shop/\""), @r"
    error: two entries of [[plugin]] would lie in one directory, `shop`: at wpimg.toml:1:1 and at wpimg.toml:4:1

    hint: remove one of them, or give one another `name`
    ");
    insta::assert_snapshot!(error_of("[[theme]]\nurl = \"https://a.example/x.zip\"\n[[theme]]\nurl = \"https://a.example/x.zip\""), @r"
    error: two entries of [[theme]] would lie in one directory: at wpimg.toml:1:1 and at wpimg.toml:3:1

    hint: remove one of them, or give one another `name`
    ");
}

#[test]
fn an_address_must_be_safe_to_fetch_from() {
    insta::assert_snapshot!(error_of("[[plugin]]\nurl = \"http://a.example/x.zip\""), @r"
    error: `url` in [[plugin]] at wpimg.toml:2:7 has a value that cannot be used
      caused by: what plain http brings from `a.example` can be changed on the way

    hint: write `https://`, or add the `sha256` of what it must be
    ");
    insta::assert_snapshot!(error_of("[[plugin]]\nurl = \"https://me:hunter2@a.example/x.zip\""), @r#"
    error: `url` in [[plugin]] at wpimg.toml:2:7 has a value that cannot be used
      caused by: the address holds a user name or a password

    hint: fetch it in the pipeline and name the file: `path = "plugins/shop.zip"`
    "#);
    insta::assert_snapshot!(error_of("[[plugin]]\nurl = \"file:///x.zip\""), @r#"
    error: `url` in [[plugin]] at wpimg.toml:2:7 has a value that cannot be used
      caused by: the value is not the address of something on the web

    hint: write an address such as `"https://shop.example/plugin.zip"`
    "#);
    insta::assert_snapshot!(error_of("[[plugin]]\nurl = \"https://a.example/x.zip\"\nsha256 = \"e3b0\""), @r"
    error: `sha256` in [[plugin]] at wpimg.toml:3:10 has a value that cannot be used
      caused by: `e3b0` is not a SHA-256 digest

    hint: write the 64 digits that `sha256sum FILE` prints
    ");
}

#[test]
fn names_and_versions_that_cannot_be_are_refused() {
    insta::assert_snapshot!(error_of("[[plugin]]\nslug = \"Akismet\""), @r#"
    error: `slug` in [[plugin]] at wpimg.toml:2:8 has a value that cannot be used
      caused by: `Akismet` is not the name of a directory entry on WordPress.org

    hint: write the last part of its address on WordPress.org, such as `"akismet"`
    "#);
    insta::assert_snapshot!(error_of("[[plugin]]\nslug = \"akismet\"\nversion = \"trunk\""), @r#"
    error: `version` in [[plugin]] at wpimg.toml:3:11 has a value that cannot be used
      caused by: `trunk` is not a version

    hint: write a version such as `"5.3"`, or leave `version` out: the lock takes the newest
    "#);
    insta::assert_snapshot!(error_of("[[plugin]]\npath = \"x\"\nname = \"../x\""), @r#"
    error: `name` in [[plugin]] at wpimg.toml:3:8 has a value that cannot be used
      caused by: `../x` cannot be the name of a directory of WordPress

    hint: write a name such as `"shop"`
    "#);
    insta::assert_snapshot!(error_of("[[plugin]]\npath = \"../x\""), @r#"
    error: `path` in [[plugin]] at wpimg.toml:2:8 has a value that cannot be used
      caused by: `../x` is absolute or leaves the folder of the recipe

    hint: copy it beside the recipe and name it from there: `"files/php.ini"`
    "#);
    insta::assert_snapshot!(error_of("[[plugin]]\npath = \"x\"\nkeep = [\"/x.sql\"]"), @r#"
    error: `keep` in [[plugin]] at wpimg.toml:3:9 has a value that cannot be used
      caused by: the pattern `/x.sql` is absolute or has `..` in it

    hint: write a pattern such as `"*.sql"` or `"data/**"`
    "#);
    insta::assert_snapshot!(error_of("[wordpress]\nsource = \"zip\""), @r#"
    error: `source` in [wordpress] at wpimg.toml:2:10 has a value that cannot be used
      caused by: `zip` is not a source of WordPress

    hint: write `"debian"` or `"none"`, or name a `version`, `url` or `path` instead
    "#);
    insta::assert_snapshot!(error_of("[wordpress]\nversion = \"latest\""), @r#"
    error: `version` in [wordpress] at wpimg.toml:2:11 has a value that cannot be used
      caused by: `latest` is not a release of WordPress

    hint: write a release such as `"6.8.3"`
    "#);
    insta::assert_snapshot!(error_of("[wordpress]\nlocale = \"german\""), @r#"
    error: `locale` in [wordpress] at wpimg.toml:2:10 has a value that cannot be used
      caused by: `german` is not a locale of WordPress

    hint: write a locale such as `"de_DE"`
    "#);
    insta::assert_snapshot!(error_of("[image]\nrepository = \"team/shop\""), @r#"
    error: `repository` in [image] at wpimg.toml:2:14 has a value that cannot be used
      caused by: `team/shop` is not a repository of a registry

    hint: write it with its registry and without a tag: `"registry.example/team/shop"`
    "#);
    insta::assert_snapshot!(error_of("[image]\ntags = [\"6.8\", \"a b\"]"), @r#"
    error: `tags` in [image] at wpimg.toml:2:16 has a value that cannot be used
      caused by: `a b` is not a tag

    hint: write a tag such as `"6.8"`
    "#);
}

#[test]
fn pins_that_nothing_can_meet_are_refused() {
    insta::assert_snapshot!(error_of("[debian.pins]\nNginx = \"1.26\""), @r#"
    error: `Nginx` in [debian.pins] at wpimg.toml:2:1 has a value that cannot be used
      caused by: `Nginx` is not a package name or a pattern of such

    hint: write a name such as `nginx` or `"php8.4-*"`
    "#);
    insta::assert_snapshot!(error_of("[debian.pins]\nnginx = \"new\""), @r#"
    error: `nginx` in [debian.pins] at wpimg.toml:2:9 has a value that cannot be used
      caused by: `new` is neither a version nor a relation
      caused by: upstream part of version `new` does not start with a digit

    hint: write `"1.26.3-3"` or `">= 1.26"`
    "#);
    insta::assert_snapshot!(error_of("[debian.pins]\nnginx = 1.26"), @r"
    error: `nginx` in [debian.pins] at wpimg.toml:2:9 must be a string or a table, not a number
    ");
    insta::assert_snapshot!(error_of("[debian.pins]\nnginx = {}"), @r"
    error: `version` is missing in [debian.pins] at wpimg.toml:2:9
    ");
    insta::assert_snapshot!(error_of("[debian.pins]\nnginx = { suit = \"sid\" }"), @r"
    error: unknown key `suit` in [debian.pins] at wpimg.toml:2:11 (did you mean `suite`?)

    hint: rename `suit` to `suite` in `wpimg.toml`
    ");
    insta::assert_snapshot!(error_of("[debian.pins]\nnginx = { suite = \"sid\" }"), @r"
    error: `nginx` in [debian.pins] at wpimg.toml:2:19 has a value that cannot be used
      caused by: the suite `sid` is not among the suites of [debian]

    hint: name one of `suites`, or add it there
    ");
    insta::assert_snapshot!(error_of("[debian]\npins = \"nginx\""), @r"
    error: `pins` in [debian] at wpimg.toml:2:8 must be a table, not a string
    ");
}

#[test]
fn what_nginx_cannot_use_is_refused() {
    insta::assert_snapshot!(error_of("[nginx]\nsnippets = [\"nginx/cache.txt\"]"), @r"
    error: `snippets` in [nginx] at wpimg.toml:2:13 has a value that cannot be used
      caused by: `nginx/cache.txt` is not the name of a file that nginx includes

    hint: give the file a name such as `cache.conf`
    ");
    insta::assert_snapshot!(error_of("[nginx]\nupload-size = \"128MB\""), @r#"
    error: `upload-size` in [nginx] at wpimg.toml:2:15 has a value that cannot be used
      caused by: `128MB` is not a size from 1M to 16G

    hint: write a size such as `"128M"`
    "#);
    insta::assert_snapshot!(error_of("[nginx]\nupload-size = \"17G\""), @r#"
    error: `upload-size` in [nginx] at wpimg.toml:2:15 has a value that cannot be used
      caused by: `17G` is not a size from 1M to 16G

    hint: write a size such as `"128M"`
    "#);
    insta::assert_snapshot!(error_of("[composer]"), @r"
    error: `path` is missing in [composer] at wpimg.toml:1:1
    ");
}

#[test]
fn more_entries_than_anybody_writes_are_refused_before_they_are_read() {
    let plugins: Vec<String> = (0..=1000)
        .map(|index| format!("{{ slug = \"a{index}\" }}"))
        .collect();
    insta::assert_snapshot!(error_of(&format!("plugin = [{}]", plugins.join(","))), @r"
    error: `plugin` in the top level at wpimg.toml:1:10 has more than 1000 entries
    ");
    let pins: Vec<String> = (0..=1000)
        .map(|index| format!("a{index} = \"1\""))
        .collect();
    insta::assert_snapshot!(error_of(&format!("debian.pins = {{ {} }}", pins.join(","))), @r"
    error: `pins` in [debian] at wpimg.toml:1:15 has more than 1000 entries
    ");
}
