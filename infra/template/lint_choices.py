"""Writes stacks as they are once their parameters are chosen, for linters: they follow a value only where it is plain.

    lint_choices.py TEMPLATE DIRECTORY

Each file of the directory is the template for one choice. Together they have every pair of values of the parameters that
conditions ask for, and every value of the others: the allowed ones, the ends of a range, and samples where any text will do.
"""

import itertools
import json
import pathlib
import re
import sys

# A value to try beside the default, for parameters that take more than a list of values.
SAMPLES = {
    "AccessLogBucket": ["shop-logs"],
    "AdminNetworks": ["192.0.2.0/24,198.51.100.0/24"],
    "AlarmTopic": ["arn:aws:sns:eu-west-1:123456789012:alarms"],
    "AuroraMaximum": ["256"],
    "AuroraMinimum": ["0"],
    "CacheClass": ["cache.r7g.large"],
    "Certificate": ["arn:aws:acm:eu-west-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef"],
    "Cidr": ["10.1.0.0/21"],
    "CloudFrontPrefixList": ["pl-0123abcd"],
    "DataStack": ["shop-data"],
    "DatabaseClass": ["db.r8g.large"],
    "DatabaseName": ["shop"],
    "DesiredCount": ["auto", "2"],
    "DistributionCertificate": [
        "arn:aws:acm:us-east-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef"
    ],
    "DistributionFirewall": [
        "arn:aws:wafv2:us-east-1:123456789012:global/webacl/shop/01234567-89ab-cdef-0123-456789abcdef"
    ],
    "Domain": ["shop.example.com"],
    "HostedZone": ["Z0123456789ABC"],
    "Image": ["123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop@sha256:" + 64 * "0"],
    "InstanceType": ["m7g.large"],
    "PeakEnd": ["cron(0 20 ? * MON-FRI *)"],
    "PeakStart": ["cron(0 8 ? * MON-FRI *)"],
    "PeakTimeZone": ["Europe/Berlin"],
    "StoragePrefixList": ["pl-0123abcd"],
    "TrustedProxies": ["192.0.2.0/24"],
}


class Absent:
    """What is as if it were not there."""


class Stack:
    """A template with its parameters chosen."""

    def __init__(self, template, values):
        self.template = template
        self.values = values

    def chosen(self):
        sections = {
            name: self.value(section)
            for name, section in self.template.items()
            if name not in ("Parameters", "Conditions", "Resources", "Outputs")
        }
        for name in ("Resources", "Outputs"):
            sections[name] = {
                entry: {key: self.value(inner) for key, inner in body.items() if key != "Condition"}
                for entry, body in self.template[name].items()
                if "Condition" not in body or self.holds(body["Condition"])
            }
        return sections

    def holds(self, name):
        return self.decided(self.template["Conditions"][name])

    def decided(self, condition):
        ((function, argument),) = condition.items()
        match function:
            case "Condition":
                return self.holds(argument)
            case "Fn::Not":
                return not self.decided(argument[0])
            case "Fn::And":
                return all(self.decided(one) for one in argument)
            case "Fn::Or":
                return any(self.decided(one) for one in argument)
            case "Fn::Equals":
                return self.value(argument[0]) == self.value(argument[1])
        raise ValueError(f"{function} is no condition")

    def value(self, value):
        if isinstance(value, list):
            inner = (self.value(one) for one in value)
            return [one for one in inner if one is not Absent]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((function, argument),) = value.items()
            return self.call(function, argument)
        inner = {name: self.value(one) for name, one in value.items()}
        return {name: one for name, one in inner.items() if one is not Absent}

    def call(self, function, argument):
        if function == "Ref":
            if argument == "AWS::NoValue":
                return Absent
            return self.values.get(argument, {function: argument})
        if function == "Fn::If":
            name, yes, no = argument
            return self.value(yes if self.holds(name) else no)
        if function == "Fn::Sub" and isinstance(argument, str):
            text = self.text(argument, {})
            return {function: text} if "${" in text else text
        argument = self.value(argument)
        if argument is Absent:
            return {}
        match function, argument:
            case "Fn::Sub", [str(pattern), dict(own)]:
                return {function: [self.text(pattern, own), own]}
            case "Fn::Split", [str(separator), str(text)]:
                return text.split(separator)
            case "Fn::Join", [str(separator), list(parts)] if all(isinstance(part, str) for part in parts):
                return separator.join(parts)
            case "Fn::Select", [int(index), list(parts)] if all(isinstance(part, str) for part in parts):
                return parts[index]
        return {function: argument}

    def text(self, pattern, own):
        """The pattern with the parameters in it, but for names that it brings itself."""

        def named(match):
            return match[0] if match[1] in own else self.values.get(match[1], match[0])

        return re.sub(r"\$\{([A-Za-z0-9]+)\}", named, pattern)


def references(value):
    """Names of parameters and resources in conditions."""
    if isinstance(value, list):
        return set().union(*map(references, value))
    if isinstance(value, dict):
        own = {value["Ref"]} if "Ref" in value else set()
        return own.union(*map(references, value.values()))
    return set()


def values_to_try(name, parameter):
    """A parameter's default first, then whatever else it takes."""
    values = [parameter["Default"]] if "Default" in parameter else []
    if "AllowedValues" in parameter:
        values += parameter["AllowedValues"]
    elif parameter["Type"] == "Number":
        values += [str(parameter["MinValue"]), str(parameter["MaxValue"])]
    elif name in SAMPLES:
        values += SAMPLES[name]
    else:
        raise SystemExit(f"lint_choices.py: SAMPLES has no value of `{name}` to try beside its default")
    return list(dict.fromkeys(values))


def choices(template):
    """Rows in which every pair of what conditions ask for is together once, and every other value is there once."""
    everything = {name: values_to_try(name, one) for name, one in template["Parameters"].items()}
    asked = sorted(references(template["Conditions"]) & set(everything))
    open_pairs = {
        ((one, a), (other, b))
        for one, other in itertools.combinations(asked, 2)
        for a in everything[one]
        for b in everything[other]
    }
    others = [name for name in sorted(everything) if name not in asked]
    longest = max(len(everything[name]) for name in others)

    def gain(row, name, value):
        return sum(tuple(sorted([(name, value), pair])) in open_pairs for pair in row.items())

    number = 0
    while open_pairs or number < longest:
        row = dict(min(open_pairs)) if open_pairs else {}
        for name in asked:
            if name not in row:
                # Of equals another one each time.
                turned = everything[name][number % len(everything[name]):] + everything[name]
                row[name] = max(turned, key=lambda value: gain(row, name, value))
        open_pairs -= set(itertools.combinations(sorted(row.items()), 2))
        for name in others:
            row[name] = everything[name][number % len(everything[name])]
        number += 1
        yield row


def main(source, directory):
    source, directory = pathlib.Path(source), pathlib.Path(directory)
    template = json.loads(source.read_text())
    lists = {name for name, one in template["Parameters"].items() if one["Type"] == "CommaDelimitedList"}
    for number, row in enumerate(choices(template), 1):
        values = {
            name: [part for part in value.split(",") if part] if name in lists else value
            for name, value in row.items()
        }
        chosen = Stack(template, values).chosen()
        path = directory / f"{source.stem}-{number:02}.json"
        path.write_text(json.dumps(chosen, indent=1))
        (directory / f"{source.stem}-{number:02}.txt").write_text(
            "".join(f"{name}={value}\n" for name, value in sorted(row.items()))
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
