//! Byte counts as people read them.

/// Returns a size in the largest binary unit that keeps it at 1 or more, with one decimal.
pub fn human(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let mut unit = 0;
    let mut divisor = 1024_u64;
    // 1023.95 would be rounded to 1024.0, which belongs to the next unit.
    while unit + 1 < UNITS.len() && bytes / divisor * 20 + bytes % divisor * 20 / divisor >= 20479 {
        divisor *= 1024;
        unit += 1;
    }
    let tenths = (u128::from(bytes) * 10 + u128::from(divisor) / 2) / u128::from(divisor);
    format!("{}.{} {}", tenths / 10, tenths % 10, UNITS[unit])
}

/// Returns the difference between two sizes with its sign; `±0 B` if there is none.
pub fn human_change(before: u64, after: u64) -> String {
    match after.cmp(&before) {
        std::cmp::Ordering::Greater => format!("+{}", human(after - before)),
        std::cmp::Ordering::Less => format!("-{}", human(before - after)),
        std::cmp::Ordering::Equal => "±0 B".to_owned(),
    }
}

/// Returns `part` of `whole` as a percentage with one decimal.
pub fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "0.0 %".to_owned();
    }
    let tenths = (u128::from(part) * 1000 + u128::from(whole) / 2) / u128::from(whole);
    format!("{}.{} %", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_change_where_four_digits_would_begin() {
        assert_eq!(human(0), "0 B");
        assert_eq!(human(1023), "1023 B");
        assert_eq!(human(1024), "1.0 KiB");
        assert_eq!(human(1024 * 1024 - 1), "1.0 MiB");
        assert_eq!(human(1023 * 1024), "1023.0 KiB");
        assert_eq!(human(79 << 20), "79.0 MiB");
        assert_eq!(human(u64::MAX), "16777216.0 TiB");
    }

    #[test]
    fn changes_and_shares_carry_sign_and_decimal() {
        assert_eq!(human_change(2048, 1024), "-1.0 KiB");
        assert_eq!(human_change(1024, 2048), "+1.0 KiB");
        assert_eq!(human_change(7, 7), "±0 B");
        assert_eq!(percent(1, 3), "33.3 %");
        assert_eq!(percent(0, 0), "0.0 %");
    }
}
