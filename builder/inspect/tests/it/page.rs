//! The page, whatever the names.

use tar::EntryType;
use wpimg_inspect::{Report, page};

use crate::sample::{Sample, archive, site};

#[test]
fn the_page_shows_digest_platform_and_tables_without_a_script() {
    let report = Report::of(&site().read().unwrap());
    let html = page::html(&report);
    for text in [
        &*report.digest.to_string(),
        "linux/amd64",
        "libc6",
        "2.41-12",
        "step 1",
        "shop",
        "6.8.1",
    ] {
        assert!(html.contains(text), "{text}");
    }
    let body = html.split("<script").next().unwrap();
    assert!(body.contains("<td>libc6</td>"));
    assert!(html.contains("<section id=\"map\" hidden"));
}

#[test]
fn the_page_asks_nothing_of_a_network() {
    let html = page::html(&Report::of(&site().read().unwrap()));
    assert!(html.contains("default-src 'none'"));
    for text in ["http://", "https://", "src=", "url(", "@import"] {
        assert!(!html.contains(text), "{text}");
    }
}

#[test]
fn names_of_strangers_stay_text() {
    let evil = "</script><img src=x onerror=alert(1)>\"'&";
    let status =
        format!("Package: {evil}\nStatus: install ok installed\nArchitecture: all\nVersion: <b>\n");
    let layer = archive()
        .entry(
            b"</script><img src=x onerror=alert(1)>",
            EntryType::Regular,
            &[0; 4000],
            |_| {},
        )
        .file("var/lib/dpkg/status", &status)
        .file(
            "www/wp-includes/version.php",
            "<?php\n$wp_version = '<script>alert(2)</script>';\n",
        )
        .file("www/wp-content/plugins/<svg onload=alert(3)>/a.php", "1");
    let mut sample = Sample::of([layer]);
    sample.created = "<i>now</i>".to_owned();
    let html = page::html(&Report::of(&sample.read().unwrap()));
    assert_eq!(html.matches("</script>").count(), 2);
    for text in ["<img", "<script>alert", "<svg onload", "<b>", "<i>now"] {
        assert!(!html.contains(text), "{text}");
    }
    assert!(html.contains("&lt;svg onload=alert(3)&gt;"));
}

#[test]
fn small_files_are_summed_up() {
    let many = (0..5000).fold(
        archive().file("large", &"x".repeat(60_000)),
        |archive, number| archive.file(&format!("small/{number}"), "x"),
    );
    let html = page::html(&Report::of(&Sample::of([many]).read().unwrap()));
    assert!(
        html.contains("5000 small files"),
        "{}",
        &html[html.len() - 9000..]
    );
    assert!(html.len() < 60_000, "{}", html.len());
}
