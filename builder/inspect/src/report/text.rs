//! The report for people: what takes the space, the largest first.

use std::fmt::Write as _;

use super::{ExtensionLine, Report};
use crate::{
    plain::{excerpt, plain},
    size::{human, percent},
    table::{Align, Table},
};

/// How many lines a table has before the rest is summed up, when the user does not say.
pub const TOP: usize = 15;

impl Report {
    /// Returns the report with at most `top` lines per table.
    pub fn text(&self, top: usize) -> String {
        let mut text = String::new();
        self.head(&mut text);
        self.layer_table(&mut text);
        self.package_table(&mut text, top);
        self.site_table(&mut text, top);
        self.unpackaged_table(&mut text, top);
        self.file_table(&mut text, top);
        self.hidden_table(&mut text, top);
        if !self.remarks.is_empty() {
            text.push_str("\nRemarks\n");
            for remark in &self.remarks {
                let _ = writeln!(text, "  {remark}");
            }
        }
        text
    }

    fn head(&self, text: &mut String) {
        let _ = writeln!(text, "{}", self.digest);
        let created = self.created.as_deref().unwrap_or("at an unknown time");
        let _ = writeln!(
            text,
            "{}, created {}",
            excerpt(&self.platform, 40),
            excerpt(created, 40)
        );
        let _ = writeln!(
            text,
            "{} compressed, {} in {}",
            human(self.compressed_size()),
            human(self.total.bytes),
            counted(self.total.files, "file")
        );
    }

    fn layer_table(&self, text: &mut String) {
        text.push_str("\nLayers\n");
        let mut table = Table::new([
            ("#", Align::Right),
            ("compressed", Align::Right),
            ("unpacked", Align::Right),
            ("entries", Align::Right),
            ("digest", Align::Left),
            ("made by", Align::Left),
        ]);
        for (number, layer) in self.layers.iter().enumerate() {
            table.row([
                (number + 1).to_string(),
                human(layer.size),
                human(layer.uncompressed_size),
                layer.entries.to_string(),
                layer.digest.hex()[..12].to_owned(),
                excerpt(layer.origin.as_deref().unwrap_or(""), 200),
            ]);
        }
        table.write(text);
    }

    fn package_table(&self, text: &mut String, top: usize) {
        if self.packages.is_empty() {
            return;
        }
        let sum = sum(self.packages.iter().map(|line| line.usage.bytes));
        let count = counted(self.packages.len() as u64, "package");
        let _ = writeln!(text, "\n{count}, {}", human(sum));
        let mut table = Table::new([
            ("size", Align::Right),
            ("share", Align::Right),
            ("package", Align::Left),
            ("version", Align::Left),
        ]);
        let shown = top.min(self.packages.len());
        for line in &self.packages[..shown] {
            table.row([
                human(line.usage.bytes),
                percent(line.usage.bytes, self.total.bytes),
                excerpt(&line.name, 100),
                excerpt(&line.version, 100),
            ]);
        }
        table.write(text);
        rest(
            text,
            self.packages[shown..].iter().map(|line| line.usage.bytes),
        );
    }

    fn site_table(&self, text: &mut String, top: usize) {
        for site in &self.wordpress {
            let version = site.version.as_deref().unwrap_or("of unknown version");
            let _ = write!(
                text,
                "\nWordPress {} in {}",
                excerpt(version, 40),
                site.root
            );
            if let Some(package) = &site.package {
                let _ = write!(text, " (package {})", excerpt(package, 60));
            }
            let _ = writeln!(text, ", {}", human(site.usage.bytes));
        }
        if self.extensions.is_empty() {
            return;
        }
        let mut table = Table::new([
            ("size", Align::Right),
            ("kind", Align::Left),
            ("slug", Align::Left),
            ("version", Align::Left),
            ("from", Align::Left),
        ]);
        let shown = top.min(self.extensions.len());
        for line in &self.extensions[..shown] {
            table.row([
                human(line.usage.bytes),
                line.kind.as_str().to_owned(),
                excerpt(&line.slug, 100),
                excerpt(line.version.as_deref().unwrap_or("–"), 40),
                origin(line),
            ]);
        }
        table.write(text);
        rest(
            text,
            self.extensions[shown..].iter().map(|line| line.usage.bytes),
        );
    }

    fn unpackaged_table(&self, text: &mut String, top: usize) {
        if self.unpackaged.is_empty() {
            return;
        }
        let sum = sum(self.unpackaged.iter().map(|(_, usage)| usage.bytes));
        let _ = writeln!(text, "\nNot from a package, {}", human(sum));
        let mut table = Table::new([
            ("size", Align::Right),
            ("files", Align::Right),
            ("what", Align::Left),
        ]);
        let shown = top.min(self.unpackaged.len());
        for (component, usage) in &self.unpackaged[..shown] {
            table.row([
                human(usage.bytes),
                usage.files.to_string(),
                plain(&component.label()),
            ]);
        }
        table.write(text);
        rest(
            text,
            self.unpackaged[shown..]
                .iter()
                .map(|(_, usage)| usage.bytes),
        );
    }

    fn file_table(&self, text: &mut String, top: usize) {
        text.push_str("\nLargest files\n");
        let mut table = Table::new([
            ("size", Align::Right),
            ("layer", Align::Right),
            ("path", Align::Left),
            ("of", Align::Left),
        ]);
        let shown = top.min(self.files.len());
        for line in &self.files[..shown] {
            table.row([
                human(line.size),
                (line.layer + 1).to_string(),
                line.path.to_string(),
                excerpt(&line.component.label(), 30),
            ]);
        }
        table.write(text);
        rest(text, self.files[shown..].iter().map(|line| line.size));
    }

    fn hidden_table(&self, text: &mut String, top: usize) {
        if self.hidden.is_empty() {
            return;
        }
        let count = counted(self.hidden.len() as u64, "file");
        let size = human(self.hidden_size());
        let _ = writeln!(text, "\nWasted: {size} in {count} that a later layer hides");
        let mut table = Table::new([
            ("size", Align::Right),
            ("layer", Align::Right),
            ("path", Align::Left),
        ]);
        let shown = top.min(self.hidden.len());
        for file in &self.hidden[..shown] {
            table.row([
                human(file.size),
                (file.layer + 1).to_string(),
                file.path.to_string(),
            ]);
        }
        table.write(text);
        rest(text, self.hidden[shown..].iter().map(|file| file.size));
    }
}

fn origin(line: &ExtensionLine) -> String {
    match &line.package {
        Some(package) => format!("package {}", excerpt(package, 60)),
        None => "–".to_owned(),
    }
}

fn counted(count: u64, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

fn sum(sizes: impl Iterator<Item = u64>) -> u64 {
    sizes.fold(0, u64::saturating_add)
}

/// Says how much is not shown.
pub(crate) fn rest(text: &mut String, sizes: impl ExactSizeIterator<Item = u64>) {
    let count = sizes.len();
    if count > 0 {
        let _ = writeln!(text, "  … and {count} more ({})", human(sum(sizes)));
    }
}
