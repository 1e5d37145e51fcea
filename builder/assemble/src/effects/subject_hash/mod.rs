//! OpenSSL's hash of a certificate's subject, by which it finds issuers in a directory.
//!
//! `X509_NAME_hash_ex(3)`: the first four bytes, little-endian, of the SHA-1 of the subject in
//! canonical form. Canonical means that every string is UTF-8, without blanks at its ends, with
//! runs of blanks made one, in ASCII lower case; the outer SEQUENCE header is left out.

#[cfg(test)]
mod tests;

use sha1::{Digest, Sha1};
use x509_cert::Certificate;
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::der::asn1::{Any, SetOfVec, Utf8StringRef};
use x509_cert::der::{DecodePem, Encode, Tag, Tagged};

/// The hash of a PEM certificate's subject, or why it has none.
pub(super) fn of_pem(pem: &[u8]) -> Result<u32, String> {
    let certificate = Certificate::from_pem(pem).map_err(|error| error.to_string())?;
    let mut hash = Sha1::new();
    for name in certificate.tbs_certificate().subject().iter_rdn() {
        let mut canonical = SetOfVec::new();
        for attribute in name.iter() {
            let attribute = canonical_attribute(attribute).map_err(|error| error.to_string())?;
            canonical
                .insert(attribute)
                .map_err(|error| error.to_string())?;
        }
        hash.update(canonical.to_der().map_err(|error| error.to_string())?);
    }
    let digest = hash.finalize();
    Ok(u32::from_le_bytes([
        digest[0], digest[1], digest[2], digest[3],
    ]))
}

fn canonical_attribute(
    attribute: &AttributeTypeAndValue,
) -> x509_cert::der::Result<AttributeTypeAndValue> {
    let Some(text) = text_of(&attribute.value) else {
        return Ok(attribute.clone());
    };
    let text = text
        .split(is_blank)
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
        .to_ascii_lowercase();
    Ok(AttributeTypeAndValue {
        oid: attribute.oid,
        value: Any::encode_from(&Utf8StringRef::new(&text)?)?,
    })
}

/// What OpenSSL takes for a blank: as `isspace(3)` in the C locale, vertical tabs included.
fn is_blank(character: char) -> bool {
    character.is_ascii_whitespace() || character == '\u{b}'
}

/// The text of a string type; `None` for what OpenSSL leaves as it is.
fn text_of(value: &Any) -> Option<String> {
    match value.tag() {
        Tag::Utf8String => String::from_utf8(value.value().to_vec()).ok(),
        // OpenSSL reads T.61 as Latin-1, and the ASCII types likewise when they hold other bytes.
        Tag::PrintableString | Tag::Ia5String | Tag::VisibleString | Tag::TeletexString => {
            Some(value.value().iter().map(|&byte| char::from(byte)).collect())
        }
        Tag::BmpString => {
            let units = value
                .value()
                .chunks_exact(2)
                .map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
            char::decode_utf16(units).collect::<Result<_, _>>().ok()
        }
        _ => None,
    }
}
