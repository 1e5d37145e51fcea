//! The keys of `[image]`.

use super::{
    ANY, ANY_LIST, Choice, IMAGE_PATH, Key, Kind, Rule, Table, each_matching, keys, matching,
};

pub(in super::super) static IMAGE: Table = Table {
    key: "image",
    title: "[image]",
    description: "The image itself: its name, where it is pushed, and how it is run.",
    required: &[],
    exclusive: &[],
    choice: Choice::Free,
    keys: keys! {
        "name": matching("^[a-zA-Z0-9]"),
            "The image's name for a Docker daemon, such as `shop`. A `--tag` replaces it.";
        "repository": matching("^[a-zA-Z0-9.-]+(:[0-9]+)?/[a-z0-9]"),
            "The repository that `--push` pushes to, with its registry and without a tag.";
        "tags": each_matching("^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$"),
            "The tags that `--push` sets there. Without any, the image is pushed by digest alone.";
        "platforms": Kind::Texts(Rule::OneOf(&["linux/amd64", "linux/arm64", "linux/arm64/v8"])),
            "The platforms to build for. Empty: that of the machine that builds.";
        "compression": Kind::Text(Rule::OneOf(&["zstd", "gzip", "none"])),
            "How layers are compressed. `gzip` for runtimes from before 2021.";
        "labels": Kind::Map,
            "Labels of the image's configuration.";
        "annotations": Kind::Map,
            "Annotations of the image's manifest.";
        "environment": Kind::Map,
            "Environment variables of the container. Not for secrets: anybody who pulls the image can read them.";
        "user": ANY,
            "The user the container runs as, such as `33:33`.";
        "entrypoint": ANY_LIST,
            "The program that is started, with its first arguments.";
        "command": ANY_LIST,
            "Arguments that a `docker run` may replace.";
        "working-directory": matching(IMAGE_PATH),
            "The directory the program starts in.";
        "ports": each_matching("^[0-9]+(/(tcp|udp))?$"),
            "Ports the container listens on. Added to those of the built-in recipe.";
        "volumes": each_matching(IMAGE_PATH),
            "Paths that hold data. Added to those of the built-in recipe.";
        "stop-signal": matching("^SIG[A-Z]"),
            "The signal that asks the container to stop.";
        "keep": each_matching(IMAGE_PATH),
            "Patterns of files of packages that stay although `drop` names them, such as `/usr/share/doc/nginx/**`.";
        "drop": each_matching(IMAGE_PATH),
            "Patterns of files of packages that are left out. Added to those of the built-in recipe.";
    },
};
