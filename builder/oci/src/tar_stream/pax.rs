//! PAX extended records: `length keyword=value\n`, where the length counts its own digits.

/// Records for one member, in the order they are added.
#[derive(Default)]
pub(super) struct Records {
    bytes: Vec<u8>,
}

impl Records {
    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    pub(super) fn add(&mut self, keyword: &str, value: &str) {
        // Space, equals sign and newline.
        let rest = keyword.len() + value.len() + 3;
        let mut length = rest + digits(rest);
        if rest + digits(length) != length {
            length = rest + digits(length);
        }
        self.bytes
            .extend(format!("{length} {keyword}={value}\n").as_bytes());
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

fn digits(number: usize) -> usize {
    number.to_string().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_counts_itself_around_every_power_of_ten() {
        for size in (0..1200).chain(9_980..10_020).chain(99_980..100_020) {
            let mut records = Records::default();
            records.add("path", &"x".repeat(size));
            let bytes = records.into_bytes();
            let text = String::from_utf8(bytes).unwrap();
            let (length, _) = text.split_once(' ').unwrap();
            assert_eq!(length.parse(), Ok(text.len()));
        }
    }
}
