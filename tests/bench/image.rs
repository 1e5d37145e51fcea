//! What the default image is made of, and what it takes in memory to build it.

use std::{
    fs,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::layers;
use crate::measure::{MEGABYTE, Spread, note, peak_memory, run};
use crate::ours::Ours;
use crate::table::{Table, Target};

const LARGEST: usize = 10;
/// Of the large site: so many files of a megabyte.
const LARGE_SITE_FILES: usize = 300;
const SIZE_TARGET: f64 = 80.0;
const MEMORY_TARGET: f64 = 300.0;

/// The size of each layer and of the whole, and the packages with the most bytes.
pub(crate) fn sizes(scratch: &Path) -> Result<[Table; 2]> {
    note("what the default image is made of");
    let ours = Ours::fresh(&scratch.join("sizes"))?;
    let text = run(&mut ours.default_image(&["--format", "json", "--unlocked"])?)?;
    let document: Value = serde_json::from_str(&text)?;
    let names = document["images"][0]["layers"].as_array();
    let mut names = names
        .into_iter()
        .flatten()
        .map(|layer| layer["name"].as_str().unwrap_or_default().to_owned());

    let mut sizes = Table::new(
        "The default image: layers, compressed",
        &["layer", "MB", "target"],
    );
    let mut total = 0.0;
    let root = ours.layout().with_file_name("root");
    fs::create_dir_all(&root)?;
    for layer in layers::of(&ours.layout())? {
        let name = names.next().context("a layer has no name")?;
        total += layer.bytes;
        sizes.row(&[&name, &megabytes(layer.bytes), &""]);
        let mut unpack = Command::new("tar");
        unpack.args(["--extract", "--zstd", "--file"]);
        run(unpack.arg(&layer.path).arg("--directory").arg(&root))?;
    }
    let verdict = Target::AtMost(SIZE_TARGET).verdict(total / MEGABYTE, " MB");
    sizes.row(&[&"**whole image**", &megabytes(total), &verdict]);
    Ok([sizes, largest(&root)?])
}

fn largest(root: &Path) -> Result<Table> {
    let mut packages = Vec::new();
    for entry in fs::read_dir(root.join("var/lib/dpkg/info"))? {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "list")
        {
            let name = path.file_stem().unwrap_or_default().to_string_lossy();
            let bytes = listed_bytes(root, &fs::read_to_string(&path)?);
            packages.push((name.into_owned(), bytes));
        }
    }
    packages.sort_by(|one, two| two.1.total_cmp(&one.1));
    let whole = tree_bytes(root)?;
    let owned: f64 = packages.iter().map(|(_, bytes)| bytes).sum();

    let mut table = Table::new(
        "The default image: largest packages, unpacked",
        &["package", "MB", "of the image"],
    );
    let mut row = |name: &str, bytes: f64| {
        let share = format!("{:.1} %", bytes / whole * 100.0);
        table.row(&[&name, &megabytes(bytes), &share]);
    };
    for (name, bytes) in packages.iter().take(LARGEST) {
        row(name, *bytes);
    }
    row("files of no package", whole - owned);
    row("**whole image**", whole);
    Ok(table)
}

/// The bytes of a package's files that are in the image.
fn listed_bytes(root: &Path, list: &str) -> f64 {
    let paths = list.lines().map(|line| line.trim_start_matches('/'));
    paths.map(|path| file_bytes(&root.join(path))).sum()
}

#[expect(clippy::cast_precision_loss, reason = "files are far below 2^52 bytes")]
fn file_bytes(path: &Path) -> f64 {
    match fs::symlink_metadata(path) {
        // Each name of a file with several counts for its share.
        Ok(found) if found.is_file() => found.len() as f64 / found.nlink() as f64,
        // Left out of the image, a directory or a link.
        _ => 0.0,
    }
}

fn tree_bytes(directory: &Path) -> Result<f64> {
    let mut total = 0.0;
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        total += if entry.file_type()?.is_dir() {
            tree_bytes(&entry.path())?
        } else {
            file_bytes(&entry.path())
        };
    }
    Ok(total)
}

fn megabytes(bytes: f64) -> String {
    format!("{:.2}", bytes / MEGABYTE)
}

/// The peak memory of cold builds: of the default image, and with a large site beside it.
pub(crate) fn memory(runs: usize, scratch: &Path) -> Result<Table> {
    let recipe = large_site(&scratch.join("large-site"))?;
    let (mut small, mut large) = (Vec::new(), Vec::new());
    for run_number in 1..=runs {
        note(&format!("peak memory {run_number} of {runs}"));
        for (peaks, recipe) in [(&mut small, None), (&mut large, Some(&recipe))] {
            let directory = tempfile::tempdir_in(scratch)?;
            let mut build = Ours::fresh(directory.path())?.default_image(&["--unlocked"])?;
            if let Some(recipe) = recipe {
                build.arg("--recipe").arg(recipe);
            }
            peaks.push(peak_memory(&build)?);
        }
    }
    let mut table = Table::new("Peak memory of a cold build", &["", "wpimg", "target"]);
    for (what, peaks) in [("default image", small), ("with a site of 300 MB", large)] {
        let peaks = Spread::of(peaks);
        let verdict = Target::AtMost(MEMORY_TARGET).verdict(peaks.median, " MB");
        table.row(&[&what, &format!("{peaks} MB"), &verdict]);
    }
    Ok(table)
}

/// A recipe with a directory of files that do not compress, as pictures.
fn large_site(directory: &Path) -> Result<PathBuf> {
    let media = directory.join("media");
    fs::create_dir_all(&media)?;
    let script = format!(
        "for n in $(seq {LARGE_SITE_FILES}); do head --bytes=1000000 /dev/urandom >$n.jpg; done"
    );
    run(Command::new("sh").args(["-c", &script]).current_dir(media))?;
    let recipe = directory.join("wpimg.toml");
    fs::write(
        &recipe,
        "[image]\nname = \"large\"\n\n[[files]]\nsource = \"media\"\ntarget = \"/var/www/html/media\"\n",
    )?;
    Ok(recipe)
}
