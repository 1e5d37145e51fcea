//! Points in time as archives write them: `Sat, 12 Sep 2026 07:55:41 UTC`.
//!
//! Seconds since 1970 inside, text at the edges; there is no clock here. Only UTC is accepted, which
//! is what archives use. Source: Debian wiki, RepositoryFormat, "Date, Valid-Until"; calendar
//! arithmetic after the proleptic Gregorian rules.

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];
const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const DAY: i64 = 86_400;

/// Parses a date of a Release file; `None` when it is not one.
pub(crate) fn parse_date(text: &str) -> Option<i64> {
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    let [weekday, day, month, year, clock, zone] = words[..] else {
        return None;
    };
    if !WEEKDAYS.contains(&weekday.strip_suffix(',')?) {
        return None;
    }
    if !matches!(zone, "UTC" | "GMT" | "+0000" | "Z") {
        return None;
    }
    let month = MONTHS.iter().position(|&name| name == month)?;
    let (year, day) = (number(year, 4)?, number(day, 2)?);
    let parts: Vec<i64> = clock
        .split(':')
        .map(|part| number(part, 2))
        .collect::<Option<_>>()?;
    let [hour, minute, second] = parts[..] else {
        return None;
    };
    let in_range = (1970..=9999).contains(&year)
        && (1..=days_in_month(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second <= 60;
    in_range.then(|| days_before(year, month, day) * DAY + hour * 3600 + minute * 60 + second)
}

/// Writes a date the way archives do.
#[cfg(any(test, feature = "testing"))]
pub(crate) fn format_date(time: i64) -> String {
    let (days, seconds) = (time.div_euclid(DAY), time.rem_euclid(DAY));
    let mut year = 1970;
    while days_before(year + 1, 0, 1) <= days {
        year += 1;
    }
    let mut month = 0;
    while month < 11 && days_before(year, month + 1, 1) <= days {
        month += 1;
    }
    let weekday = WEEKDAYS[usize::try_from(days.rem_euclid(7)).unwrap_or(0)];
    format!(
        "{weekday}, {:02} {} {year} {:02}:{:02}:{:02} UTC",
        days - days_before(year, month, 1) + 1,
        MONTHS[month],
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    )
}

/// Writes a length of time in its two largest units, such as `3 days 4 hours`.
pub(crate) fn format_length(seconds: i64) -> String {
    let unit = |count: i64, name: &str| {
        let plural = if count == 1 { "" } else { "s" };
        format!("{count} {name}{plural}")
    };
    let (days, hours, minutes) = (seconds / DAY, seconds / 3600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => unit(seconds, "second"),
        (0, 0, minutes) => unit(minutes, "minute"),
        (0, hours, minutes) => format!("{} {}", unit(hours, "hour"), unit(minutes, "minute")),
        (days, hours, _) => format!("{} {}", unit(days, "day"), unit(hours, "hour")),
    }
}

fn number(text: &str, most_digits: usize) -> Option<i64> {
    let plain =
        (1..=most_digits).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in_month(year: i64, month: usize) -> i64 {
    match month {
        1 if is_leap(year) => 29,
        1 => 28,
        3 | 5 | 8 | 10 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 to the given day.
fn days_before(year: i64, month: usize, day: i64) -> i64 {
    let earlier = year - 1;
    let leap_days =
        earlier / 4 - earlier / 100 + earlier / 400 - (1969 / 4 - 1969 / 100 + 1969 / 400);
    let months: i64 = (0..month).map(|month| days_in_month(year, month)).sum();
    (year - 1970) * 365 + leap_days + months + day - 1
}

#[cfg(test)]
mod tests {
    use super::{format_date, format_length, parse_date};

    #[test]
    fn dates_of_release_files_are_read() {
        assert_eq!(parse_date("Thu, 01 Jan 1970 00:00:00 UTC"), Some(0));
        assert_eq!(
            parse_date("Sat, 12 Sep 2026 07:55:41 UTC"),
            Some(1_789_199_741)
        );
        assert_eq!(
            parse_date("Tue, 29 Feb 2028 23:59:59 +0000"),
            Some(1_835_481_599)
        );
    }

    #[test]
    fn dates_are_written_as_they_are_read() {
        for time in [
            0,
            951_782_399,
            951_782_400,
            1_789_199_741,
            1_835_481_599,
            4_102_444_799,
        ] {
            assert_eq!(
                parse_date(&format_date(time)),
                Some(time),
                "{}",
                format_date(time)
            );
        }
        assert_eq!(format_date(1_789_199_741), "Sat, 12 Sep 2026 07:55:41 UTC");
    }

    #[test]
    fn what_is_not_a_utc_date_is_refused() {
        for text in [
            "",
            "2026-09-12",
            "Sat, 12 Sep 2026 07:55:41 CET",
            "Sat, 30 Feb 2026 07:55:41 UTC",
            "Sat, 12 Sep 2026 24:00:00 UTC",
            "Sat, 12 Sep 2026 07:55 UTC",
            "Sat, 12 Sep 02026 07:55:41 UTC",
        ] {
            assert_eq!(parse_date(text), None, "{text}");
        }
    }

    #[test]
    fn lengths_name_their_two_largest_units() {
        assert_eq!(format_length(59), "59 seconds");
        assert_eq!(format_length(60), "1 minute");
        assert_eq!(format_length(7_500), "2 hours 5 minutes");
        assert_eq!(format_length(273_600), "3 days 4 hours");
    }
}
