//! Builds `wpimg-init` for every platform an image can have and embeds it, with the files of
//! `docker/rootfs`, so that the one `wpimg` program is the whole installation.
//!
//! A Rust target that is not installed does not fail the build: the reason is embedded instead and
//! given to whoever asks for that platform.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A platform an image can have, and the Rust target of its `wpimg-init`.
const PLATFORMS: [(&str, &str); 2] = [
    ("linux/amd64", "x86_64-unknown-linux-musl"),
    ("linux/arm64", "aarch64-unknown-linux-musl"),
];

fn main() -> io::Result<()> {
    let workspace = Path::new(&variable("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()?;
    let out = PathBuf::from(variable("OUT_DIR"));
    for input in [
        "entrypoint/src",
        "entrypoint/Cargo.toml",
        "entrypoint/report",
        "entrypoint/secrets",
        "entrypoint/no-unwind-tables.ld",
        "Cargo.lock",
        "Cargo.toml",
        "docker/rootfs",
    ] {
        println!("cargo:rerun-if-changed={}", workspace.join(input).display());
    }
    fs::write(out.join("entrypoints.rs"), entrypoints(&workspace, &out))?;
    fs::write(out.join("entrypoint.tree"), crates(&workspace))?;
    fs::write(
        out.join("rootfs.rs"),
        rootfs(&workspace.join("docker/rootfs"))?,
    )
}

/// The list of embedded programs, as Rust source.
fn entrypoints(workspace: &Path, out: &Path) -> String {
    let mut source = "&[\n".to_owned();
    for (platform, target) in PLATFORMS {
        let program = match build_entrypoint(workspace, out, target) {
            Ok(program) => format!("Ok(include_bytes!({}).as_slice())", literal(&program)),
            Err(reason) => {
                println!("cargo:warning=images for {platform} cannot be built: {reason}");
                format!("Err({reason:?})")
            }
        };
        let _ = writeln!(source, "    ({platform:?}, {program}),");
    }
    source + "]\n"
}

/// The crates that are linked into `wpimg-init`, for the bill of materials; empty when cargo does not
/// say, and then the bill names the program alone.
fn crates(workspace: &Path) -> String {
    let mut cargo = Command::new(variable("CARGO"));
    cargo.current_dir(workspace).args([
        "tree",
        "--package",
        "wpimg-init",
        "--edges",
        "normal,no-proc-macro",
        "--target",
        PLATFORMS[0].1,
        "--prefix",
        "none",
        "--no-dedupe",
        "--format",
        "{p}|{l}",
    ]);
    match cargo.output() {
        Ok(output) if output.status.success() => without_directories(&output.stdout),
        Ok(_) | Err(_) => String::new(),
    }
}

/// `wpimg-init v0.1.0 (/home/…)|MIT` without the directory, which is the building machine's.
fn without_directories(tree: &[u8]) -> String {
    let tree = String::from_utf8_lossy(tree);
    let line = |line: &str| {
        let (package, licence) = line.rsplit_once('|')?;
        let package = package.split_once(" (").map_or(package, |(name, _)| name);
        Some(format!("{package}|{licence}\n"))
    };
    tree.lines().filter_map(line).collect()
}

/// Builds the program, or says in one sentence what was missing.
fn build_entrypoint(workspace: &Path, out: &Path, target: &str) -> Result<PathBuf, String> {
    if !target_is_installed(target) {
        return Err(format!(
            "the Rust target {target} was not installed when wpimg was built \
             (`rustup target add {target}`, then build wpimg again)"
        ));
    }
    // One directory for every profile of wpimg: out is <target>/<profile>/build/<crate>/out.
    let directory = out.ancestors().nth(4).unwrap_or(out).join("wpimg-init");
    let mut flags = remapped_paths(workspace);
    // A twentieth of the program were addresses to correct at its start, three words each; packed they are a bit.
    flags.push("-Clink-arg=-zpack-relative-relocs".to_owned());
    // Relative to the workspace, where cargo links its members: a path of this machine would change the bytes.
    flags.push("-Clink-arg=entrypoint/no-unwind-tables.ld".to_owned());
    flags.push("-Clink-arg=--no-eh-frame-hdr".to_owned());
    let flags = flags.join("\u{1f}");
    let mut cargo = Command::new(variable("CARGO"));
    cargo
        .current_dir(workspace)
        .args([
            "build",
            "--quiet",
            "--package",
            "wpimg-init",
            "--profile",
            "init",
        ])
        .args(["--target", target, "--target-dir"])
        .arg(&directory)
        .env("CARGO_ENCODED_RUSTFLAGS", flags)
        // The linker of the Rust distribution links every musl target without a cross compiler.
        .env(
            format!(
                "CARGO_TARGET_{}_LINKER",
                target.to_uppercase().replace('-', "_")
            ),
            "rust-lld",
        );
    for name in [
        "RUSTFLAGS",
        "RUSTC_WRAPPER",
        "RUSTC_WORKSPACE_WRAPPER",
        "CLIPPY_ARGS",
    ] {
        cargo.env_remove(name);
    }
    let output = cargo
        .output()
        .map_err(|error| format!("cargo could not be started: {error}"))?;
    if !output.status.success() {
        let message = String::from_utf8_lossy(&output.stderr);
        let first = message
            .lines()
            .find(|line| line.starts_with("error"))
            .unwrap_or("no reason");
        return Err(format!("wpimg-init did not build for {target}: {first}"));
    }
    Ok(directory.join(target).join("init/wpimg-init"))
}

/// Flags that keep the paths of the building machine out of the program, so that every checkout
/// makes the same bytes.
fn remapped_paths(workspace: &Path) -> Vec<String> {
    let mut flags = vec![format!("--remap-path-prefix={}=wpimg", workspace.display())];
    let cargo_home = env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| env::var_os("HOME").map(|home| Path::new(&home).join(".cargo")));
    if let Some(sources) = cargo_home.and_then(|home| home.join("registry/src").read_dir().ok()) {
        for registry in sources.flatten() {
            flags.push(format!(
                "--remap-path-prefix={}=crates",
                registry.path().display()
            ));
        }
    }
    flags
}

fn target_is_installed(target: &str) -> bool {
    let output = Command::new(variable("RUSTC"))
        .args(["--print", "target-libdir", "--target", target])
        .output();
    output.is_ok_and(|output| Path::new(String::from_utf8_lossy(&output.stdout).trim()).is_dir())
}

/// The files of a directory with their mode, as Rust source, sorted by path.
fn rootfs(directory: &Path) -> io::Result<String> {
    let mut files = Vec::new();
    collect(directory, &mut files)?;
    files.sort();
    let mut source = "&[\n".to_owned();
    for file in files {
        let path = file.strip_prefix(directory).unwrap_or(&file);
        let mode = if is_executable(&file)? {
            "0o755"
        } else {
            "0o644"
        };
        let (path, file) = (literal(path), literal(&file));
        let _ = writeln!(
            source,
            "    ({path}, {mode}, include_bytes!({file}).as_slice()),"
        );
    }
    Ok(source + "]\n")
}

fn collect(directory: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), files)?;
        } else {
            files.push(entry.path());
        }
    }
    Ok(())
}

fn is_executable(file: &Path) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(fs::metadata(file)?.permissions().mode() & 0o111 != 0)
}

/// A path as a Rust string literal.
fn literal(path: &Path) -> String {
    format!("{:?}", path.to_string_lossy())
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| panic!("cargo sets {name} for build scripts"))
}
