//! One HTML page that shows where the bytes of an image are.
//!
//! It needs nothing but itself: no request leaves the page, and its policy forbids one. The tables
//! are plain HTML; the map of tiles is drawn by a script from data in the page. All names are of
//! strangers, so every one passes `escape`, and the policy runs no script but the page's own.

mod escape;
mod tables;
mod tiles;

use std::fmt::Write as _;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use escape::{html as escaped, json};

use crate::{plain::excerpt, report::Report, size::human};
use wpimg_oci::digest::Digest;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Returns the page; it is complete in itself and can be attached to a build.
pub fn html(report: &Report) -> String {
    let mut page = String::with_capacity(256 << 10);
    let digest = report.digest.to_string();
    let platform = escaped(&excerpt(&report.platform, 60));
    let created = escaped(&excerpt(report.created.as_deref().unwrap_or("unknown"), 40));
    let version = report
        .wordpress
        .first()
        .and_then(|site| site.version.as_deref());
    let _ = write!(
        page,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; \
         script-src '{}'; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>Image {} – {platform}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n",
        script_hash(),
        &digest[..19],
    );
    let _ = write!(
        page,
        "<header>\n<p class=\"kicker\">Container image · {platform}</p>\n\
         <h1>{} <small>to pull</small></h1>\n<p class=\"digest\"><code>{digest}</code></p>\n<dl class=\"facts\">\n",
        human(report.compressed_size()),
    );
    let facts = [
        ("Unpacked", human(report.total.bytes)),
        ("Files", report.total.files.to_string()),
        ("Layers", report.layers.len().to_string()),
        ("Packages", report.packages.len().to_string()),
        ("WordPress", escaped(&excerpt(version.unwrap_or("–"), 30))),
        ("Wasted", human(report.hidden_size())),
        ("Created", created.clone()),
    ];
    for (name, value) in facts {
        let _ = writeln!(page, "<div><dt>{name}</dt><dd>{value}</dd></div>");
    }
    page.push_str("</dl>\n</header>\n<main>\n");
    page.push_str(MAP);
    tables::write(&mut page, report);
    page.push_str("</main>\n<script type=\"application/json\" id=\"data\">");
    page.push_str(&json(&tiles::data(report)));
    let _ = write!(
        page,
        "</script>\n<script>{SCRIPT}</script>\n</body>\n</html>\n"
    );
    page
}

/// Hidden until the script has something to draw.
const MAP: &str = r#"<section id="map" hidden aria-labelledby="map-title">
<div class="bar">
<h2 id="map-title">Where the bytes are</h2>
<div class="find"><input id="find" type="search" placeholder="Find a file or package" aria-label="Find a file or package" autocomplete="off" spellcheck="false"><ul id="found" hidden></ul></div>
</div>
<nav id="crumbs" aria-label="Place in the map"></nav>
<div id="tiles" role="group" aria-label="Tiles, the larger the more bytes"></div>
<p class="note">Enter or click goes in, Escape goes out.</p>
<div id="tip" hidden></div>
<p id="said" class="unseen" aria-live="polite"></p>
</section>
"#;

fn script_hash() -> String {
    let hex = Digest::of(SCRIPT.as_bytes()).hex();
    let digit = |byte: u8| char::from(byte).to_digit(16).unwrap_or_default();
    let bytes = hex.as_bytes().chunks_exact(2);
    let bytes: Vec<u8> = bytes
        .filter_map(|pair| u8::try_from(digit(pair[0]) << 4 | digit(pair[1])).ok())
        .collect();
    format!("sha256-{}", STANDARD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_names_the_script_by_its_hash() {
        // Of the empty text, as `openssl dgst -sha256 -binary | base64` gives it.
        assert_eq!(script_hash().len(), "sha256-".len() + 44);
        assert!(!SCRIPT.contains("</script"));
        assert!(!SCRIPT.contains("innerHTML"));
    }
}
