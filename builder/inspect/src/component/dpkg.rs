//! The packages dpkg knows of, and whose the files are.
//!
//! Read from `/var/lib/dpkg/status` and `info/*.list` as they are in the final tree; images without
//! dpkg itself keep a paragraph per package in `status.d`. Format: dpkg(1), deb822(5).

use std::collections::HashMap;

use wpimg_debian::control::{Paragraph, Paragraphs};

use super::{Component, kept};
use crate::{image::Image, path::ImagePath, plain};

const DATABASE: &str = "var/lib/dpkg";
/// No distribution has as many.
const MOST_PACKAGES: usize = 200_000;

/// An installed package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    pub name: String,
    pub architecture: String,
    pub version: String,
    /// `Installed-Size` in bytes: what the package says, not what is there.
    pub declared_size: Option<u64>,
}

impl Package {
    pub fn component(&self) -> Component {
        Component::Package {
            name: self.name.clone(),
            architecture: self.architecture.clone(),
        }
    }
}

type Owners = HashMap<ImagePath, usize>;

pub(super) fn read(image: &Image, remarks: &mut Vec<String>) -> (Vec<Package>, Owners) {
    let mut packages = Vec::new();
    let status = ImagePath::from("var/lib/dpkg/status");
    let single = image
        .tree
        .get(status.as_bytes())
        .map(|node| (&status, node));
    let several = image.tree.below(b"var/lib/dpkg/status.d");
    for (path, node) in single.into_iter().chain(several) {
        if path.as_bytes().ends_with(b".md5sums") {
            continue;
        }
        let Some(text) = kept(image, node) else {
            continue;
        };
        if let Err(reason) = read_status(text, &mut packages) {
            remarks.push(format!(
                "`{path}` cannot be read further: {}",
                plain::excerpt(&reason, 160)
            ));
        }
    }
    packages.sort_by(|a, b| (&a.name, &a.architecture).cmp(&(&b.name, &b.architecture)));
    packages.dedup_by(|a, b| a.component() == b.component());
    let owners = read_lists(image, &packages);
    (packages, owners)
}

fn read_status(text: &[u8], packages: &mut Vec<Package>) -> Result<(), String> {
    let paragraphs = Paragraphs::from_bytes(text).map_err(|error| error.to_string())?;
    for paragraph in paragraphs {
        let paragraph = paragraph.map_err(|error| error.to_string())?;
        if packages.len() >= MOST_PACKAGES {
            return Err(format!("more than {MOST_PACKAGES} packages"));
        }
        packages.extend(package(&paragraph));
    }
    Ok(())
}

/// Returns the package of a paragraph, unless it was removed and only its configuration is left.
fn package(paragraph: &Paragraph<'_>) -> Option<Package> {
    let is_installed = match paragraph.get("Status") {
        Some(status) => status.ends_with(" installed"),
        // Those in `status.d` have none.
        None => true,
    };
    let field = |name| paragraph.get(name).unwrap_or_default().to_owned();
    is_installed.then(|| Package {
        name: field("Package"),
        architecture: field("Architecture"),
        version: field("Version"),
        declared_size: paragraph
            .get("Installed-Size")
            .and_then(|text| text.parse::<u64>().ok())
            .map(|kibibytes| kibibytes.saturating_mul(1024)),
    })
}

fn read_lists(image: &Image, packages: &[Package]) -> Owners {
    let mut owners = Owners::new();
    for (index, package) in packages.iter().enumerate() {
        let Package {
            name, architecture, ..
        } = package;
        let of_one = format!("{DATABASE}/info/{name}.list");
        let of_many = format!("{DATABASE}/info/{name}:{architecture}.list");
        let found = [of_many, of_one]
            .into_iter()
            .find_map(|list| image.tree.get(list.as_bytes()));
        let Some(list) = found.and_then(|node| kept(image, node)) else {
            continue;
        };
        for line in list
            .split(|&byte| byte == b'\n')
            .filter(|line| !line.is_empty())
        {
            // Lists may name files by way of `/lib`, which is a link.
            let path = image.tree.resolved(&ImagePath::clean(line));
            if image.tree.get(path.as_bytes()).is_some() {
                owners.entry(path).or_insert(index);
            }
        }
    }
    owners
}
