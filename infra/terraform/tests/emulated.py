"""Cuts a template down to what MiniStack 1.5.33 can make. What is cut here is what these tests do not show."""

import copy
import re

# Kinds that it does not know.
UNKNOWN = {
    "AWS::ApplicationAutoScaling::ScalableTarget",
    "AWS::ApplicationAutoScaling::ScalingPolicy",
    "AWS::EC2::EIP",
    "AWS::EC2::NatGateway",
    "AWS::EC2::SecurityGroupEgress",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::ECS::ClusterCapacityProviderAssociations",
    "AWS::WAFv2::WebACLAssociation",
}

# An alarm of a formula.
REFUSED = {"ErrorAlarm"}

# An attribute that it does not know, and what stands for it.
MASTER_SECRET = "arn:aws:secretsmanager:eu-west-1:000000000000:secret:rds-master"


def cut(template):
    template = copy.deepcopy(template)
    resources = template["Resources"]
    gone = {name for name, one in resources.items() if one["Type"] in UNKNOWN} | REFUSED
    while True:
        more = {name for name, one in resources.items() if names(one["Properties"]) & gone} - gone
        if not more:
            break
        gone |= more
    template["Resources"] = {name: one for name, one in resources.items() if name not in gone}
    for one in template["Resources"].values():
        after = [name for name in one.pop("DependsOn", []) if name not in gone]
        if after:
            one["DependsOn"] = after
    template["Outputs"] = {name: one for name, one in template["Outputs"].items() if not names(one) & gone}
    service = template["Resources"].get("Service")
    if service:
        # A number that is a parameter stays a text there, and it counts with it.
        service["Properties"]["DesiredCount"] = 0
    return stood_in_for(template)


def names(value):
    """What a value refers to."""
    if isinstance(value, list):
        return set().union(*map(names, value))
    if not isinstance(value, dict):
        return set()
    found = set()
    for function, argument in value.items():
        match function, argument:
            case "Ref", str(name):
                found.add(name)
            case "Fn::GetAtt", [str(name), _]:
                found.add(name)
            case "Fn::Sub", str(pattern):
                found |= {name.split(".")[0] for name in re.findall(r"\$\{([^}]+)\}", pattern)}
            case _:
                found |= names(argument)
    return found


def stood_in_for(value):
    if isinstance(value, list):
        return [stood_in_for(one) for one in value]
    if not isinstance(value, dict):
        return value
    if value.get("Fn::GetAtt", [None, None])[1] == "MasterUserSecret.SecretArn":
        return MASTER_SECRET
    return {name: stood_in_for(one) for name, one in value.items()}
