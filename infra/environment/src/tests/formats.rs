//! What a text has to be beyond its pattern.

use super::{check_at, check_invalid, check_refused, check_taken};

#[test]
fn networks_are_what_their_service_takes() {
    for (line, why) in [
        (
            "trusted-proxies = [\"192.0.2.0/33\"]",
            "`192.0.2.0/33` is not an address, or a network such as 192.0.2.0/24",
        ),
        (
            "trusted-proxies = [\"192.0.2.0/+8\"]",
            "`192.0.2.0/+8` is not an address, or a network such as 192.0.2.0/24",
        ),
        (
            "trusted-proxies = [\"192.0.2.7 192.0.2.8\"]",
            "`192.0.2.7 192.0.2.8` is not an address, or a network such as 192.0.2.0/24",
        ),
        (
            "trusted-proxies = [\"192.0.2.7,192.0.2.8\"]",
            "the entry `192.0.2.7,192.0.2.8` of the list is empty, or has a comma or a space around it\n\
             hint: write each entry as a text of its own: `[\"one\", \"two\"]`",
        ),
        (
            "admin-networks = [\"192.0.2.7\"]",
            "`192.0.2.7` is not an IPv4 network from /1 to /32\nhint: write `192.0.2.7/32`",
        ),
        (
            "admin-networks = [\"0.0.0.0/0\"]",
            "`0.0.0.0/0` is not an IPv4 network from /1 to /32",
        ),
        (
            "admin-networks = [\"fd00::/8\"]",
            "`fd00::/8` is not an IPv4 network from /1 to /32",
        ),
        (
            "admin-networks = [\"195.178.188.66/29\"]",
            "`195.178.188.66/29` has bits behind its first 29\nhint: write `\"195.178.188.64/29\"`",
        ),
        (
            "admin-networks = [\"\", \"192.0.2.0/24\"]",
            "the entry `` of the list is empty, or has a comma or a space around it\n\
             hint: write each entry as a text of its own: `[\"one\", \"two\"]`",
        ),
    ] {
        let column = line.find('[').unwrap() + 2;
        check_at(line, column, why);
    }
}

#[test]
fn an_entry_of_a_list_is_refused_where_it_stands() {
    check_at(
        "trusted-proxies = [\"192.0.2.0/24\", \"proxy\"]",
        36,
        "`proxy` is not an address, or a network such as 192.0.2.0/24",
    );
    check_refused(
        "admin-networks = [\n  \"192.0.2.0/24\",\n  7,\n]",
        "`admin-networks` in [infra] at wpimg.toml:5:3 must be a text, not a number",
    );
}

#[test]
fn schedules_have_the_form_that_auto_scaling_reads() {
    for schedule in [
        "cron(30 6 ? * MON *)",
        "rate(12 hours)",
        "rate(1 day)",
        "at(2027-11-26T06:00:00)",
    ] {
        let end = "peak-end = \"cron(0 20 * * ? *)\"";
        check_taken(
            &format!("{end}\npeak-start = \"{schedule}\""),
            "PeakStart",
            schedule,
        );
    }
    for schedule in [
        "cron(0 8 * * 1-5)",
        "cron(0 8 * * ? * *)",
        "rate(0 days)",
        "rate(1 week)",
        "rate(day)",
        "at(2027-11-26)",
        "at(2027-11-26 06:00:00)",
    ] {
        let expected = "cron(...) with six fields, rate(1 day) or at(2027-11-26T06:00:00)";
        let why = format!("`{schedule}` is not {expected}");
        check_invalid(&format!("peak-end = \"{schedule}\""), &why);
    }
}

#[test]
fn an_entry_is_written_without_spaces_around_it() {
    check_at(
        "trusted-proxies = [\" 192.0.2.7\"]",
        20,
        "the entry ` 192.0.2.7` of the list is empty, or has a comma or a space around it\n\
         hint: write each entry as a text of its own: `[\"one\", \"two\"]`",
    );
}

#[test]
fn domains_are_as_long_as_names_can_be() {
    let label = "a".repeat(63);
    let longest = format!("{label}.{label}.{label}.{}", &label[2..]);
    assert_eq!(longest.len(), 253);
    check_taken(&format!("domain = \"{longest}\""), "Domain", &longest);
    for domain in [format!("a{label}.example"), format!("{longest}a")] {
        let why = "a name of which AWS makes certificates, such as shop.example.com";
        let why = format!("`{domain}` is not {why}");
        check_invalid(&format!("domain = \"{domain}\""), &why);
    }
}
