//! What the paragraph reader accepts, and with which line numbers it refuses.

use proptest::prelude::*;

use super::{ControlError, Paragraph, Paragraphs};

fn paragraphs(text: &str) -> Result<Vec<Paragraph<'_>>, ControlError> {
    Paragraphs::new(text).collect()
}

#[test]
fn paragraphs_are_separated_by_blank_lines() {
    let text = "\nPackage: a\nVersion: 1\n\n \t\n\nPackage: b\n";
    let parsed = paragraphs(text).unwrap();
    assert_eq!(parsed.len(), 2);
    assert_eq!(parsed[0].get("version"), Some("1"));
    assert_eq!((parsed[1].get("PACKAGE"), parsed[1].line()), (Some("b"), 7));
    assert_eq!(parsed[0].text(), "Package: a\nVersion: 1");
}

#[test]
fn continuation_lines_belong_to_the_field_above() {
    let text = "Conffiles:\n /etc/a 1\n /etc/b 2\nSection: web";
    let paragraph = Paragraph::parse(text).unwrap();
    assert_eq!(
        paragraph.lines("Conffiles").collect::<Vec<_>>(),
        ["/etc/a 1", "/etc/b 2"]
    );
    assert_eq!(paragraph.words("conffiles").count(), 4);
    assert_eq!(paragraph.get("Section"), Some("web"));
    assert_eq!(paragraph.get("Missing"), None);
}

#[test]
fn comments_are_skipped_everywhere() {
    let text = "# head\n\n# more\nTypes: deb\n# inside\nURIs: a\n# between\n  b\n";
    let parsed = paragraphs(text).unwrap();
    assert_eq!(parsed.len(), 1);
    assert_eq!(parsed[0].words("URIs").collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(paragraphs("# only\n\n# comments\n").unwrap(), []);
}

#[test]
fn many_comment_blocks_do_not_deepen_the_stack() {
    let text = "# comment\n\n".repeat(200_000);
    assert_eq!(paragraphs(&text).unwrap(), []);
}

#[test]
fn errors_name_the_line() {
    let refuse = |text: &str| paragraphs(text).unwrap_err();
    assert_eq!(
        refuse("Package: a\nno colon here\n"),
        ControlError::NotAField {
            line: 2,
            excerpt: "no colon here".into()
        }
    );
    assert_eq!(refuse(" x\n"), ControlError::StrayContinuation { line: 1 });
    assert_eq!(
        refuse("A: 1\n\nB: 1\nb: 2\n"),
        ControlError::Duplicate {
            line: 4,
            field: "b".into()
        }
    );
    let many: String = (0..300).map(|number| format!("F{number}: x\n")).collect();
    assert_eq!(refuse(&many), ControlError::TooManyFields { line: 257 });
    let large = format!("A: x\n{}", " xxxxxxx\n".repeat(2 << 20));
    assert_eq!(refuse(&large), ControlError::TooLarge { line: 1 });
}

#[test]
fn a_single_paragraph_is_exactly_one() {
    assert_eq!(Paragraph::parse("\n"), Err(ControlError::Empty));
    assert_eq!(
        Paragraph::parse("A: 1\n\nB: 2"),
        Err(ControlError::SecondParagraph { line: 3 })
    );
}

#[test]
fn bytes_that_are_not_utf8_are_refused() {
    let refused = Paragraphs::from_bytes(b"A: \xff").unwrap_err();
    assert_eq!(refused, ControlError::NotUtf8 { valid_up_to: 3 });
}

proptest! {
    #[test]
    fn any_text_ends_in_paragraphs_or_one_error(text in "[A: \n\t#x]{0,80}") {
        let results: Vec<_> = Paragraphs::new(&text).collect();
        let errors = results.iter().filter(|result| result.is_err()).count();
        prop_assert!(errors <= 1);
        prop_assert!(results.iter().rev().skip(1).all(Result::is_ok));
    }
}
