//! Paragraphs of fields, and apt's sources files, which are made of them.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wpimg_debian::{
    control::{Paragraph, Paragraphs},
    sources,
};

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else {
        assert!(Paragraphs::from_bytes(bytes).is_err());
        return;
    };
    let mut line = 0;
    for paragraph in Paragraphs::new(text).map_while(Result::ok) {
        assert!(
            paragraph.line() > line,
            "paragraphs come one after the other"
        );
        line = paragraph.line();
        let again = Paragraph::parse(paragraph.text()).expect("a paragraph is one by itself");
        assert_eq!(values(&again), values(&paragraph));
        for field in paragraph.fields() {
            assert_eq!(paragraph.get(field.name), Some(field.value.trim()));
            assert!(field.line >= line);
            let words: usize = paragraph.words(field.name).map(str::len).sum();
            assert!(words <= field.value.len());
        }
    }
    for name in ["debian.sources", "sources.list"] {
        if let Ok(found) = sources::parse(name, text) {
            let _ = sources::debian_mirror(&found);
            assert!(found.iter().all(|source| source.uri.contains("://")));
        }
    }
});

fn values<'a>(paragraph: &Paragraph<'a>) -> Vec<(&'a str, &'a str)> {
    let fields = paragraph.fields().iter();
    fields
        .map(|field| (field.name, field.value.trim_end_matches('\n')))
        .collect()
}
