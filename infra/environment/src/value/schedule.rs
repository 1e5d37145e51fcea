//! When something is to happen, as Application Auto Scaling reads it (PutScheduledAction, Schedule).

/// Minutes, hours, day of the month, month, day of the week and year. crontab has one less, and other days of the week.
const CRON_FIELDS: usize = 6;

/// Whether a text has the form of a schedule. What stands in the fields of `cron` is the service's to check.
pub(super) fn is_schedule(text: &str) -> bool {
    let inside = |name: &str| {
        text.strip_prefix(name)?
            .strip_prefix('(')?
            .strip_suffix(')')
    };
    if let Some(fields) = inside("cron") {
        return fields.split_whitespace().count() == CRON_FIELDS;
    }
    if let Some(rate) = inside("rate") {
        return is_rate(rate);
    }
    inside("at").is_some_and(is_moment)
}

fn is_rate(text: &str) -> bool {
    let Some((number, unit)) = text.split_once(' ') else {
        return false;
    };
    let units = ["minute", "minutes", "hour", "hours", "day", "days"];
    number.parse::<u32>().is_ok_and(|number| number > 0) && units.contains(&unit)
}

/// `yyyy-mm-ddThh:mm:ss`
fn is_moment(text: &str) -> bool {
    let form = "0000-00-00T00:00:00";
    let fits = |(found, expected): (char, char)| match expected {
        '0' => found.is_ascii_digit(),
        sign => found == sign,
    };
    text.len() == form.len() && text.chars().zip(form.chars()).all(fits)
}
