//! The keys of the top level and of all sections but the image's and the content's.

use super::{
    ANY_LIST, BESIDE, Choice, IMAGE, IMAGE_PATH, Key, Kind, MU_PLUGIN, PLUGIN, Rule, SHA256, THEME,
    Table, WEB_ADDRESS, each_matching, keys, matching,
};

/// Where WordPress comes from: at most one of these.
const WORDPRESS_SOURCES: &[&str] = &["source", "version", "url", "path"];

pub(in super::super) static TOP: Table = Table {
    key: "",
    title: "the top level",
    description: "What goes into an image that wpimg builds. What is not given comes from the built-in recipe.",
    required: &[],
    exclusive: &[],
    choice: Choice::Free,
    keys: keys! {
        "extends": Kind::Text(Rule::OneOf(&["wordpress", "nothing"])),
            "Where sections and keys that are not given come from: the built-in WordPress recipe, or nowhere.";
        "image": Kind::Table(&IMAGE);
        "debian": Kind::Table(&DEBIAN);
        "php": Kind::Table(&PHP);
        "nginx": Kind::Table(&NGINX);
        "wordpress": Kind::Table(&WORDPRESS);
        "plugin": Kind::Tables(&PLUGIN);
        "theme": Kind::Tables(&THEME);
        "mu-plugin": Kind::Tables(&MU_PLUGIN);
        "composer": Kind::Table(&COMPOSER);
        "files": Kind::Tables(&FILES);
        "infra": Kind::Foreign(wpimg_environment::schema),
            "The AWS stacks of the site, for wpimg infra and wpimg deploy. Nothing of it is in the image.";
        "env": Kind::Foreign(wpimg_environment::environments_schema),
            "Environments of the site: what is different from [infra] in each.";
    },
};

pub(in super::super) static DEBIAN: Table = Table {
    key: "debian",
    title: "[debian]",
    description: "What is installed from Debian's signed packages, and from where.",
    required: &[],
    exclusive: &[],
    choice: Choice::Free,
    keys: keys! {
        "suites": each_matching("^[A-Za-z0-9]"),
            "The suites that packages are taken from.";
        "packages": ANY_LIST,
            "Packages to install: `name`, `name (>= 1.2)` or `name=1.2-3`. Added to those of the built-in recipe.";
        "omit": each_matching("^[a-z0-9][a-z0-9+.-]+$"),
            "Packages that count as installed and are not. Added to those of the built-in recipe.";
        "allow-scripts": each_matching("^[a-z0-9][a-z0-9+.-]+$"),
            "Packages whose unknown maintainer scripts are not needed. No script is ever run.";
        "mirror": WEB_ADDRESS,
            "The mirror to fetch from. `--mirror` and `WPIMG_MIRROR` replace it.";
        "snapshot": WEB_ADDRESS,
            "The archive of old versions, where a locked version is found that has left the mirror.";
        "pins": Kind::Entries(&PIN),
            "Limits on the versions that may be chosen: a package name (`*` stands for any characters) and a version, a relation such as `>= 1.26`, or a table with `version` and `suite`.";
    },
};

pub(in super::super) static PIN: Table = Table {
    key: "pins",
    title: "[debian.pins]",
    description: "A limit on the versions of a package: all that is given must hold.",
    required: &[],
    exclusive: &[],
    choice: Choice::Free,
    keys: keys! {
        "version": matching("^ *(<<|<=|=|>=|>>)? *[0-9]"),
            "A version, or a relation such as `>= 1.26`.";
        "suite": matching("^[A-Za-z0-9]"),
            "The only suite it may come from; one of `suites`.";
    },
};

pub(in super::super) static PHP: Table = Table {
    key: "php",
    title: "[php]",
    description: "The language: its version, extensions and settings.",
    required: &[],
    exclusive: &[],
    choice: Choice::Free,
    keys: keys! {
        "version": matching("^[0-9]+\\.[0-9]+$"),
            "The version as it stands in the names of Debian's packages, such as `8.4`.";
        "extensions": each_matching("^[a-z0-9][a-z0-9_]*$"),
            "Extensions by their short names, such as `mysqli`. Added to those of the built-in recipe.";
        "ini": Kind::Map,
            "Settings of php.ini, such as `memory_limit`.";
    },
};

pub(in super::super) static NGINX: Table = Table {
    key: "nginx",
    title: "[nginx]",
    description: "The web server.",
    required: &[],
    exclusive: &[],
    choice: Choice::Free,
    keys: keys! {
        "snippets": each_matching("^[^/].*\\.conf$"),
            "Files beside the recipe that are included in nginx's server block, in this order: redirects, headers, locations.";
        "upload-size": matching("^[0-9]+[kKmMgG]?$"),
            "The largest upload for nginx and PHP alike, from `1M` to `16G`. `WPIMG_UPLOAD_LIMIT` replaces it when the container starts.";
    },
};

pub(in super::super) static WORDPRESS: Table = Table {
    key: "wordpress",
    title: "[wordpress]",
    description: "The application: Debian's package, a release of WordPress.org (`version`), an archive (`url`) or a tree beside the recipe (`path`).",
    required: &[],
    exclusive: WORDPRESS_SOURCES,
    choice: Choice::Free,
    keys: keys! {
        "source": Kind::Text(Rule::OneOf(&["debian", "none"])),
            "`debian`: the package of the archive, which Debian patches. `none`: no WordPress, or one that `[composer]` brings.";
        "version": matching("^[0-9]+\\.[0-9]+(\\.[0-9]+)?(-(alpha|beta|RC)[0-9]*)?$"),
            "A release of WordPress.org, such as `6.8.3`.";
        "url": WEB_ADDRESS,
            "The address of an archive with WordPress in it.";
        "sha256": SHA256,
            "The SHA-256 of what `version` or `url` gives. Without one, the lock records that of the first download.";
        "path": BESIDE,
            "An archive or a directory with WordPress in it, beside the recipe.";
        "locale": matching("^[a-z]{2,3}(_[A-Z]{2})?(_[a-z0-9]+)?$"),
            "The language, such as `de_DE`.";
        "theme": matching("^[a-z0-9][a-z0-9_-]*$"),
            "The theme of Debian's package `wordpress-theme-…`; only with `source = \"debian\"`. Others are entries of `[[theme]]`.";
    },
};

pub(in super::super) static COMPOSER: Table = Table {
    key: "composer",
    title: "[composer]",
    description: "A Composer project, such as Bedrock, with its `vendor` directory installed. It brings WordPress itself unless `[wordpress]` says otherwise.",
    required: &["path"],
    exclusive: &[],
    choice: Choice::Free,
    keys: keys! {
        "path": BESIDE,
            "The directory with `composer.json`, beside the recipe; `.` for the recipe's own.";
    },
};

pub(in super::super) static FILES: Table = Table {
    key: "files",
    title: "[[files]]",
    description: "A file or directory of one's own.",
    required: &["source", "target"],
    exclusive: &[],
    choice: Choice::Free,
    keys: keys! {
        "source": BESIDE,
            "The file or directory, beside the recipe.";
        "target": matching(IMAGE_PATH),
            "Where it lies in the image.";
        "mode": matching("^0*[0-7]{1,4}$"),
            "Permission bits of the files, such as `0644`. Without them, 0755 for programs and 0644 for the rest.";
        "owner": matching("^[0-9]+:[0-9]+$"),
            "The numeric owner and group, such as `33:33`. Without them, root.";
    },
};
