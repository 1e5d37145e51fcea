//! What a recipe may say, and how it is told that it may not.

mod canonical;
mod site;
mod site_errors;

use std::path::{Path, PathBuf};

use super::{
    Compression, FileSource, Mode, Owner, Recipe, RecipeError, RecipeLocation, WordPressSource,
};
use crate::{
    error_report::{Failure, Hint as _},
    exit_status::ExitStatus,
};

const DATABASE: &str = r#"
extends = "nothing"
[image]
name = "database"
[debian]
suites = ["trixie"]
packages = ["mariadb-server (>= 1:11)", "tini=0.19.0-1"]
"#;

/// Each key once, as far as keys do not exclude each other.
pub(super) const EVERY_KEY: &str = r#"
extends = "wordpress"

[image]
name = "shop"
repository = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/shop"
tags = ["6.8", "latest"]
platforms = ["linux/amd64", "linux/arm64"]
compression = "gzip"
labels = { team = "shop" }
annotations = { note = "x" }
environment = { WP_ENV = "production", WORKERS = 4, DEBUG = false }
user = "33:33"
entrypoint = ["/usr/bin/wpimg-init"]
command = ["serve"]
working-directory = "/var/www/html"
ports = ["8443/tcp", "53/udp", "8081"]
volumes = ["/data"]
stop-signal = "SIGQUIT"
keep = ["/usr/share/doc/nginx/**"]
drop = ["/usr/share/zoneinfo/right/**"]

[debian]
suites = ["trixie", "trixie-security"]
packages = ["msmtp (>= 1.8)", "tini=0.19.0-1"]
omit = ["perl-base"]
allow-scripts = ["msmtp"]
mirror = "https://mirror.example/debian"
snapshot = "https://snapshot.example/archive"

[debian.pins]
nginx = "1.26.3-3+deb13u1"
"libicu*" = ">= 76"
"php8.4-*" = { suite = "trixie" }
msmtp = { version = "<< 2", suite = "trixie" }

[php]
version = "8.4"
extensions = ["soap"]
ini = { memory_limit = "256M", "opcache.jit" = false }

[nginx]
snippets = ["nginx/redirects.conf", "cache.conf"]
upload-size = "128M"

[wordpress]
version = "6.8.3"
sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
locale = "de_DE"

[[plugin]]
slug = "akismet"
version = "5.3"
keep = ["*.sql"]

[[plugin]]
url = "https://seller.example/pro.zip"
sha256 = "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855"
name = "shop-pro"

[[theme]]
path = "themes/shop"

[[mu-plugin]]
path = "loader.php"

[composer]
path = "."

[[files]]
source = "robots.txt"
target = "/var/www/html/robots.txt"
mode = "0644"
owner = "33:33"
"#;

fn parse(text: &str) -> Result<Recipe, RecipeError> {
    Recipe::parse(text, "wpimg.toml", PathBuf::from("site"))
}

fn texts<T: ToString>(values: &[T]) -> Vec<String> {
    values.iter().map(ToString::to_string).collect()
}

/// Compares the error and its hint, as the terminal shows them.
#[track_caller]
fn check_error(text: &str, expected: &str) {
    let error = parse(text).unwrap_err();
    assert_eq!(error.exit_status(), ExitStatus::Usage);
    assert_eq!(Failure::from(error).render(), expected);
}

#[test]
fn the_built_in_recipe_is_complete() {
    let recipe = Recipe::built_in().unwrap();
    assert_eq!(recipe.wordpress.source, WordPressSource::Debian);
    assert_eq!(
        texts(&recipe.debian.suites),
        ["trixie", "trixie-updates", "trixie-security"]
    );
    assert!(recipe.php.is_some());
}

#[test]
fn an_empty_recipe_is_the_built_in_one() {
    assert_eq!(parse("").unwrap(), Recipe::built_in().unwrap());
}

#[test]
fn a_list_of_things_to_have_adds_to_the_built_in_one() {
    let built_in = Recipe::built_in().unwrap();
    let recipe = parse(
        "[php]\nextensions = [\"redis\", \"soap\"]\n\
         [[files]]\nsource = \"site.ini\"\ntarget = \"/etc/wpimg/php.d/96-site.ini\"",
    )
    .unwrap();
    let extensions = texts(&recipe.php.unwrap().extensions);
    let mut expected = texts(&built_in.php.unwrap().extensions);
    expected.push("soap".to_owned());
    assert_eq!(extensions, expected);
    assert_eq!(recipe.files.len(), built_in.files.len() + 1);
    assert_eq!(recipe.debian, built_in.debian);
}

#[test]
fn a_package_asked_for_is_no_longer_omitted() {
    let omitted = |recipe: &Recipe| texts(&recipe.debian.omit).contains(&"perl-base".to_owned());
    assert!(omitted(&Recipe::built_in().unwrap()));
    assert!(!omitted(
        &parse("debian.packages = [\"perl-base\"]").unwrap()
    ));
}

#[test]
fn suites_and_commands_replace_the_built_in_ones() {
    let recipe = parse("[debian]\nsuites = [\"sid\"]\n[image]\nentrypoint = [\"/bin/x\"]").unwrap();
    assert_eq!(texts(&recipe.debian.suites), ["sid"]);
    assert_eq!(texts(&recipe.image.entrypoint), ["/bin/x"]);
}

#[test]
fn a_table_of_strings_is_merged_over_what_is_extended() {
    let recipe =
        parse("[php.ini]\nmemory_limit = \"256M\"\n\"opcache.jit\" = false\nx = 7").unwrap();
    let ini = recipe.php.unwrap().ini;
    assert_eq!(ini["memory_limit"], "256M");
    assert_eq!(ini["opcache.jit"], "0");
    assert_eq!(ini["x"], "7");
}

#[test]
fn a_recipe_that_extends_nothing_has_no_php_and_no_wordpress() {
    let recipe = parse(DATABASE).unwrap();
    assert!(recipe.php.is_none() && recipe.files.is_empty());
    assert_eq!(recipe.wordpress.source, WordPressSource::None);
    assert_eq!(recipe.image.compression, Compression::Zstd);
    assert!(recipe.image.platforms.is_empty());
    let packages = texts(&recipe.debian.packages);
    assert_eq!(packages, ["mariadb-server (>= 1:11)", "tini=0.19.0-1"]);
}

#[test]
fn files_are_found_beside_the_recipe() {
    let text = "[[files]]\nsource = \"theme\"\ntarget = \"/var/www/html/t\"\nmode = \"0644\"\nowner = \"33:34\"";
    let recipe = parse(text).unwrap();
    let entry = recipe.files.last().unwrap();
    let FileSource::Directory { directory, path } = &entry.source else {
        panic!("a recipe's own file is not built in");
    };
    assert_eq!(
        (directory.as_path(), path.as_str()),
        (Path::new("site"), "theme")
    );
    assert_eq!(entry.mode, Some(Mode(0o644)));
    assert_eq!(
        entry.owner,
        Owner {
            user: 33,
            group: 34
        }
    );
}

#[test]
fn a_misspelt_key_is_named_with_its_place_and_the_right_one() {
    check_error(
        "[image]\nname = \"shop\"\n\n[php]\nversion = \"8.4\"\n\nextentions = []",
        "error: unknown key `extentions` in [php] at wpimg.toml:7:1 (did you mean `extensions`?)\n\n\
         hint: rename `extentions` to `extensions` in `wpimg.toml`",
    );
}

#[test]
fn a_misspelt_section_is_named_too() {
    check_error(
        "[debain]\nsuites = []",
        "error: unknown key `debain` in the top level at wpimg.toml:1:2 (did you mean `debian`?)\n\n\
         hint: rename `debain` to `debian` in `wpimg.toml`",
    );
}

#[test]
fn a_key_like_no_other_gets_no_suggestion() {
    check_error(
        "[wordpress]\nqqq = 1",
        "error: unknown key `qqq` in [wordpress] at wpimg.toml:2:1\n\nhint: remove line 2 of `wpimg.toml`",
    );
}

#[test]
fn the_first_unknown_key_in_the_text_is_the_one_reported() {
    let error = parse("[php]\nzzz = 1\naaa = 1").unwrap_err();
    assert!(error.to_string().contains("`zzz`"), "{error}");
}

#[test]
fn columns_count_characters_and_not_bytes() {
    let error = parse("image = { \"é\" = 1 }").unwrap_err();
    assert!(error.to_string().contains("wpimg.toml:1:11"), "{error}");
    let error = parse("[image.labels]\n\"ééé\" = []").unwrap_err();
    assert!(error.to_string().contains("wpimg.toml:2:9"), "{error}");
}

#[test]
fn a_value_of_the_wrong_type_says_what_it_must_be() {
    check_error(
        "[debian]\npackages = \"nginx\"",
        "error: `packages` in [debian] at wpimg.toml:2:12 must be a list of strings, not a string",
    );
    check_error(
        "php = 8",
        "error: `php` in the top level at wpimg.toml:1:7 must be a table, not a number",
    );
    check_error(
        "[php]\nversion = 8.4",
        "error: `version` in [php] at wpimg.toml:2:11 must be a string, not a number",
    );
}

#[test]
fn broken_toml_is_located() {
    let error = parse("[php]\nversion = ").unwrap_err().to_string();
    assert!(
        error.starts_with("the recipe is not valid TOML at wpimg.toml:2:"),
        "{error}"
    );
    let error = parse("[php]\nversion = \"8.4\"\nversion = \"8.3\"")
        .unwrap_err()
        .to_string();
    assert!(error.contains("wpimg.toml:3:1"), "{error}");
}

#[test]
fn an_unusable_value_shows_its_place_its_reason_and_an_example() {
    check_error(
        "[[files]]\nsource = \"a\"\ntarget = \"/etc/../a\"",
        "error: `target` in [[files]] at wpimg.toml:3:10 has a value that cannot be used\n  \
         caused by: `/etc/../a` is not an absolute path without `.` and `..`\n\n\
         hint: write a path such as `\"/etc/nginx/conf.d\"`",
    );
}

#[test]
fn values_that_break_their_rule_are_refused() {
    let bad = [
        ("extends", "\"wordpres\""),
        ("image.name", "\"Shop\""),
        ("image.name", "\"\""),
        ("image.platforms", "[\"linux/vax\"]"),
        ("image.compression", "\"xz\""),
        ("image.ports", "[\"0/tcp\"]"),
        ("image.ports", "[\"65536\"]"),
        ("image.ports", "[\"+80\"]"),
        ("image.ports", "[\"80/sctp\"]"),
        ("image.volumes", "[\"data\"]"),
        ("image.working-directory", "\"/a//b\""),
        ("image.stop-signal", "\"TERM\""),
        ("image.keep", "[\"usr/share/doc\"]"),
        ("image.user", "\"a\\nb\""),
        ("image.environment", "{ \"A=B\" = \"c\" }"),
        ("image.environment", "{ A = \"b\\nc\" }"),
        ("debian.suites", "[\"../x\"]"),
        ("debian.packages", "[\"Nginx\"]"),
        ("debian.packages", "[\"a1, b1\"]"),
        ("debian.packages", "[\"a1 | b1\"]"),
        ("debian.packages", "[\"nginx=\"]"),
        ("debian.packages", "[\"nginx (>= \"]"),
        ("debian.omit", "[\"-x\"]"),
        ("debian.allow-scripts", "[\"a_b\"]"),
        ("php.version", "\"8\""),
        ("php.version", "\"8.4.1\""),
        ("php.extensions", "[\"php8.4-gd\"]"),
        ("wordpress.source", "\"zip\""),
        ("wordpress.theme", "\"../x\""),
    ];
    for (key, value) in bad {
        let error = parse(&format!("{key} = {value}")).unwrap_err();
        assert!(
            matches!(error, RecipeError::Invalid { .. }),
            "{key} = {value}: {error}"
        );
    }
    for (key, value) in [
        ("mode", "0999"),
        ("mode", "+644"),
        ("mode", "17777"),
        ("owner", "www-data"),
        ("owner", "33"),
        ("source", "/etc/x"),
    ] {
        let text = format!("[[files]]\n{key} = \"{value}\"");
        let error = parse(&text).unwrap_err();
        assert!(
            matches!(error, RecipeError::Invalid { .. }),
            "{text}: {error}"
        );
    }
}

#[test]
fn a_file_without_a_target_is_refused_at_its_place() {
    let error = parse("\n[[files]]\nsource = \"a\"")
        .unwrap_err()
        .to_string();
    assert_eq!(error, "`target` is missing in [[files]] at wpimg.toml:2:1");
}

#[test]
fn a_recipe_that_extends_nothing_must_name_its_image_and_suites() {
    let error = parse("extends = \"nothing\"\n[debian]\nsuites = [\"trixie\"]").unwrap_err();
    assert_eq!(error.to_string(), "`wpimg.toml` needs `name` in [image]");
    let error = parse("extends = \"nothing\"\n[image]\nname = \"x\"").unwrap_err();
    assert_eq!(error.to_string(), "`wpimg.toml` needs `suites` in [debian]");
}

#[test]
fn a_missing_recipe_suggests_the_built_in_one() {
    let directory = tempfile::tempdir().unwrap();
    let location = RecipeLocation::File(directory.path().join("none.toml"));
    let error = Recipe::read(&location).unwrap_err();
    assert!(error.hint().unwrap().contains("built-in"));
}

#[test]
fn canonical_json_ignores_spelling_and_sees_meaning() {
    let one = parse("[php]\nini = { a = \"1\", b = \"2\" }").unwrap();
    let same = parse("# comment\n[php.ini]\nb = 2\na = 1").unwrap();
    let other = parse("[php.ini]\nb = 2\na = 3").unwrap();
    assert_eq!(one.canonical_json(), same.canonical_json());
    assert_ne!(one.canonical_json(), other.canonical_json());
}

#[test]
fn canonical_json_does_not_depend_on_the_mirror_or_on_the_directory() {
    let text = "[[files]]\nsource = \"a\"\ntarget = \"/a\"\n[debian]\nmirror = \"http://m.example/debian\"";
    let here = Recipe::parse(text, "wpimg.toml", PathBuf::from("here")).unwrap();
    let there = text.replace("m.example", "n.example");
    let there = Recipe::parse(&there, "other.toml", PathBuf::from("there")).unwrap();
    assert_eq!(here.canonical_json(), there.canonical_json());
}
