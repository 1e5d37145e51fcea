//! The difference for people.

use std::{cmp::Reverse, fmt::Write as _};

use super::{Aspect, ConfigChange, Difference, FileChange, LayerChange, LayerSide, SoftwareChange};
use crate::{
    plain::{excerpt, plain_bytes},
    size::{human, human_change},
    table::{Align, Table},
};

impl Difference {
    /// Returns the difference with at most `top` files and packages.
    pub fn text(&self, top: usize) -> String {
        let mut text = String::new();
        for (sign, side) in [("-", &self.before), ("+", &self.after)] {
            let platform = excerpt(&side.platform, 40);
            let sizes = format!(
                "{} compressed, {}",
                human(side.compressed_size),
                human(side.size)
            );
            let _ = writeln!(text, "{sign} {} {platform}\n  {sizes}", side.digest);
        }
        let stored = human_change(self.before.compressed_size, self.after.compressed_size);
        let unpacked = human_change(self.before.size, self.after.size);
        let _ = writeln!(text, "  {stored} compressed, {unpacked} unpacked");
        self.layer_table(&mut text);
        self.config_lines(&mut text);
        self.software_table(&mut text, top);
        self.file_table(&mut text, top);
        if self.is_empty() {
            text.push_str("\nContainers of both see the same\n");
        }
        text
    }

    fn layer_table(&self, text: &mut String) {
        text.push_str("\nLayers\n");
        let mut table = Table::new([
            ("", Align::Left),
            ("before", Align::Right),
            ("after", Align::Right),
            ("made by", Align::Left),
        ]);
        for change in &self.layers {
            let size = |side: &LayerSide| human(side.size);
            let made = |side: &LayerSide| excerpt(side.origin.as_deref().unwrap_or(""), 200);
            let none = || "–".to_owned();
            let (word, old, new, origin) = match change {
                LayerChange::Same(side) => ("same".to_owned(), size(side), size(side), made(side)),
                LayerChange::Recompressed { before, after } => (
                    format!("recompressed ({} to {})", before.encoding, after.encoding),
                    size(before),
                    size(after),
                    made(after),
                ),
                LayerChange::Changed { before, after } => {
                    ("changed".to_owned(), size(before), size(after), made(after))
                }
                LayerChange::Added(side) => ("added".to_owned(), none(), size(side), made(side)),
                LayerChange::Removed(side) => {
                    ("removed".to_owned(), size(side), none(), made(side))
                }
            };
            table.row([word, old, new, origin]);
        }
        table.write(text);
    }

    fn config_lines(&self, text: &mut String) {
        if self.config.is_empty() {
            return;
        }
        text.push_str("\nConfig\n");
        let value = |value: &Option<String>| match value {
            None => "not set".to_owned(),
            Some(value) => format!("`{}`", excerpt(value, 60)),
        };
        for ConfigChange {
            member,
            before,
            after,
        } in &self.config
        {
            let label = excerpt(&member.label(), 60);
            let _ = writeln!(text, "  {label}: {} -> {}", value(before), value(after));
        }
    }

    fn software_table(&self, text: &mut String, top: usize) {
        if self.software.is_empty() {
            return;
        }
        text.push_str("\nSoftware\n");
        let mut table = Table::new([
            ("", Align::Left),
            ("kind", Align::Left),
            ("name", Align::Left),
            ("before", Align::Left),
            ("after", Align::Left),
            ("size", Align::Right),
        ]);
        let shown = top.min(self.software.len());
        for change in &self.software[..shown] {
            let version = |release: &Option<super::Release>| match release {
                None => "–".to_owned(),
                Some(release) => excerpt(&release.version, 28),
            };
            let (before, after) = sizes(change);
            table.row([
                change.direction.as_str().to_owned(),
                change.kind.as_str().to_owned(),
                excerpt(&change.name, 60),
                version(&change.before),
                version(&change.after),
                human_change(before, after),
            ]);
        }
        table.write(text);
        more(text, self.software[shown..].iter().map(sizes));
    }

    fn file_table(&self, text: &mut String, top: usize) {
        if self.files.is_empty() {
            return;
        }
        let count = |is: fn(&FileChange) -> bool| self.files.iter().filter(|file| is(file)).count();
        let added = count(|file| file.before.is_none());
        let removed = count(|file| file.after.is_none());
        let changed = self.files.len() - added - removed;
        let _ = writeln!(
            text,
            "\nFiles: {added} added, {removed} removed, {changed} changed"
        );
        let mut table = Table::new([
            ("", Align::Left),
            ("size", Align::Right),
            ("path", Align::Left),
        ]);
        let ends = |file: &FileChange| (file.before.unwrap_or(0), file.after.unwrap_or(0));
        let mut files: Vec<_> = self.files.iter().collect();
        files.sort_by_key(|file| {
            let (before, after) = ends(file);
            Reverse(before.abs_diff(after))
        });
        let shown = top.min(files.len());
        for file in &files[..shown] {
            let (before, after) = ends(file);
            table.row([
                what(file),
                human_change(before, after),
                file.path.to_string(),
            ]);
        }
        table.write(text);
        more(text, files[shown..].iter().map(|file| ends(file)));
    }
}

fn sizes(change: &SoftwareChange) -> (u64, u64) {
    let size = |release: &Option<super::Release>| release.as_ref().map_or(0, |r| r.size);
    (size(&change.before), size(&change.after))
}

fn what(file: &FileChange) -> String {
    match (file.before, file.after) {
        (None, _) => "added".to_owned(),
        (_, None) => "removed".to_owned(),
        _ => file
            .aspects
            .iter()
            .map(aspect)
            .collect::<Vec<_>>()
            .join(", "),
    }
}

fn aspect(aspect: &Aspect) -> String {
    match aspect {
        Aspect::Kind { before, after } => format!("{before} -> {after}"),
        Aspect::Content => "content".to_owned(),
        Aspect::LinkTarget { after, .. } => format!("link -> {}", excerpt(&plain_bytes(after), 30)),
        Aspect::Device => "device".to_owned(),
        Aspect::Mode { before, after } => format!("mode {before:04o} -> {after:04o}"),
        Aspect::Owner { before, after } => {
            format!("owner {}:{} -> {}:{}", before.0, before.1, after.0, after.1)
        }
    }
}

fn more(text: &mut String, sizes: impl ExactSizeIterator<Item = (u64, u64)>) {
    let count = sizes.len();
    if count > 0 {
        let (before, after) = sizes.fold((0_u64, 0_u64), |sum, size| {
            (sum.0.saturating_add(size.0), sum.1.saturating_add(size.1))
        });
        let _ = writeln!(
            text,
            "  … and {count} more ({})",
            human_change(before, after)
        );
    }
}
