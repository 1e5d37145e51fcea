//! Each certificate was made with `openssl req -x509`, the number is what
//! `openssl x509 -subject_hash` (3.0) printed for it.

use super::of_pem;

#[test]
fn hashes_are_those_that_openssl_prints() {
    for (name, pem, expected) in [
        (
            // Runs of blanks, tabs and vertical tabs, upper case beyond ASCII.
            "blanks",
            &include_bytes!("blanks.pem")[..],
            0x368d_00a6_u32,
        ),
        ("BMPString", include_bytes!("bmp_string.pem"), 0xd2b1_5e9b),
        ("T61String", include_bytes!("t61_string.pem"), 0x7e87_976b),
        ("IA5String", include_bytes!("ia5_string.pem"), 0x485a_a451),
        (
            // One name of three attributes, in DER order only after they are canonical.
            "multi-valued",
            include_bytes!("multi_valued.pem"),
            0xdb8b_d9d9,
        ),
    ] {
        let hash = of_pem(pem).unwrap();
        assert_eq!(format!("{hash:08x}"), format!("{expected:08x}"), "{name}");
    }
}

#[test]
fn what_is_not_a_certificate_has_no_hash() {
    let pem = String::from_utf8(include_bytes!("blanks.pem").to_vec()).unwrap();
    let cut = pem.replace("MII", "MIJ");
    for text in ["", "hello", &cut, &pem[..200]] {
        assert!(of_pem(text.as_bytes()).is_err(), "{text}");
    }
}
