//! How many tasks there are, and whether they can start where they are put.

use super::{Choices, Clash, Conflict};

/// Application Auto Scaling refuses a target whose least is above its most (RegisterScalableTarget).
pub(super) fn counts_are_a_range(choices: &Choices<'_>) -> Option<Clash> {
    let (minimum, maximum) = (choices.number("MinCount"), choices.number("MaxCount"));
    (minimum > maximum).then_some(Clash {
        about: &["MinCount", "MaxCount"],
        conflict: Conflict::Counts { minimum, maximum },
    })
}

/// The template makes nothing of one without the other.
pub(super) fn peaks_begin_and_end(choices: &Choices<'_>) -> Option<Clash> {
    let missing = match (choices.has("PeakStart"), choices.has("PeakEnd")) {
        (true, false) => "peak-end",
        (false, true) => "peak-start",
        (true, true) | (false, false) => return None,
    };
    Some(Clash {
        about: &["PeakStart", "PeakEnd"],
        conflict: Conflict::HalfPeak { missing },
    })
}

/// A scheduled action is refused as the target itself would be (PutScheduledAction, ScalableTargetAction).
pub(super) fn peak_is_allowed(choices: &Choices<'_>) -> Option<Clash> {
    let is_scheduled = choices.has("PeakStart") && choices.has("PeakEnd");
    let (peak, maximum) = (choices.number("PeakCount"), choices.number("MaxCount"));
    (is_scheduled && peak > maximum).then_some(Clash {
        about: &["PeakCount", "MaxCount", "PeakStart"],
        conflict: Conflict::PeakCount { peak, maximum },
    })
}

/// The service would wait for tasks that never come up, and CloudFormation for the service.
pub(super) fn tasks_can_start(choices: &Choices<'_>) -> Option<Clash> {
    if choices.is("Shape", "split") {
        return Some(Clash {
            about: &["Shape"],
            conflict: Conflict::SplitShape,
        });
    }
    if !choices.is("Capacity", "ec2") {
        return None;
    }
    if choices.is("Egress", "public") {
        return Some(Clash {
            about: &["Egress", "Capacity"],
            conflict: Conflict::InstancesInPublic,
        });
    }
    let closed = choices.is("Egress", "endpoints") && choices.is("EcsEndpoints", "false");
    closed.then_some(Clash {
        about: &["EcsEndpoints", "Egress", "Capacity"],
        conflict: Conflict::InstancesWithoutEndpoints,
    })
}

/// The machine image is for `Processor`, and an instance of the other kind does not boot it.
pub(super) fn instances_fit(choices: &Choices<'_>) -> Option<Clash> {
    let instance_type = choices.of("InstanceType");
    let processor = choices.of("Processor");
    let clashes = choices.is("Capacity", "ec2")
        && is_graviton(instance_type).is_some_and(|arm| arm != (processor == "arm64"));
    clashes.then(|| Clash {
        about: &["InstanceType", "Processor", "Capacity"],
        conflict: Conflict::InstanceProcessor {
            instance_type: instance_type.to_owned(),
            processor: processor.to_owned(),
        },
    })
}

/// Whether a type has AWS's own processors: `g` is the first letter behind the generation (EC2 user guide, "Amazon EC2
/// instance type naming conventions"). Nothing is known of names of another form.
fn is_graviton(instance_type: &str) -> Option<bool> {
    let (family, _) = instance_type.split_once('.')?;
    if family == "a1" {
        return Some(true);
    }
    let letters = family.trim_start_matches(|letter: char| letter.is_ascii_lowercase());
    let options = letters.trim_start_matches(|digit: char| digit.is_ascii_digit());
    let is_usual = letters.len() < family.len() && options.len() < letters.len();
    let is_known = is_usual && !family.starts_with("mac");
    is_known.then(|| options.starts_with('g'))
}

#[cfg(test)]
mod tests {
    use super::is_graviton;

    #[test]
    fn graviton_is_the_letter_behind_the_generation() {
        for family in [
            "a1", "c6gn", "c7g", "g5g", "i4g", "im4gn", "is4gen", "m8gd", "t4g", "x2gd",
        ] {
            assert_eq!(
                is_graviton(&format!("{family}.large")),
                Some(true),
                "{family}"
            );
        }
        for family in [
            "c5",
            "g4dn",
            "g6e",
            "gr6",
            "i3en",
            "m7i-flex",
            "m8a",
            "t3",
            "t3a",
            "u7in-16tb",
        ] {
            assert_eq!(
                is_graviton(&format!("{family}.large")),
                Some(false),
                "{family}"
            );
        }
        for unknown in ["mac2.metal", "u-6tb1.metal", "large", ""] {
            assert_eq!(is_graviton(unknown), None, "{unknown}");
        }
    }
}
