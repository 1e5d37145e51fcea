//! Reads images from layout directories and prints what `wpimg inspect` and `wpimg diff` would.
//!
//! `cargo run --release -p wpimg-inspect --example look -- text|json|html|diff|first LAYOUT [LAYOUT]`
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "an example has no other door to the terminal"
)]

use std::{env, error::Error, fs, io::Read, path::Path, time::Instant};

use wpimg_inspect::{BlobError, Blobs, Difference, Image, Report, first_difference, report::TOP};
use wpimg_oci::{image::Descriptor, layout::Layout};

struct FromLayout(Layout);

impl Blobs for FromLayout {
    fn open(&self, descriptor: &Descriptor) -> Result<Box<dyn Read + Send + '_>, BlobError> {
        match fs::File::open(self.0.blob_path(&descriptor.digest)) {
            Ok(file) => Ok(Box::new(file)),
            Err(error) => Err(BlobError::new(descriptor.digest, error)),
        }
    }
}

fn read(path: &str) -> Result<(Image, FromLayout), Box<dyn Error>> {
    let start = Instant::now();
    let blobs = FromLayout(Layout::open(Path::new(path))?);
    let descriptor = blobs.0.resolve(None)?.clone();
    let manifest = blobs.0.read_document(&descriptor.digest)?;
    let image = Image::read(&manifest, &blobs)?;
    eprintln!("read {path} in {:?}", start.elapsed());
    Ok((image, blobs))
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["text", path] => println!("{}", Report::of(&read(path)?.0).text(TOP)),
        ["html", path] => println!("{}", wpimg_inspect::page::html(&Report::of(&read(path)?.0))),
        ["json", path] => println!("{}", Report::of(&read(path)?.0).json()),
        ["diff", a, b] => println!(
            "{}",
            Difference::between(&read(a)?.0, &read(b)?.0).text(TOP)
        ),
        ["first", a, b] => {
            let (a, b) = (read(a)?, read(b)?);
            match first_difference((&a.0, &a.1), (&b.0, &b.1))? {
                None => println!("no difference"),
                Some(difference) => println!("{difference}"),
            }
        }
        _ => eprintln!("look text|json|html|diff|first LAYOUT [LAYOUT]"),
    }
    Ok(())
}
