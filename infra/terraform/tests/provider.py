"""A stand-in for hashicorp/aws with the two resources that the module has, for tests without the provider's registry.

Arguments, and what a change of each makes, are those of the provider's pages `aws_cloudformation_stack` and
`aws_ssm_parameter`. The emulator's address comes from AWS_ENDPOINT_URL, as it does for every client of AWS.
"""

import functools
import json
import time

import boto3
from botocore.exceptions import ClientError
from tf.iface import Provider, Resource
from tf.runner import run_provider
from tf.schema import Attribute, Block, NestedBlock, NestMode, Schema
from tf.types import Bool, Map, Number, Set, String, Unknown

# Seconds for a stack on an emulator, where nothing takes long.
PATIENCE = 120


class Timeouts(NestedBlock):
    """The block in which somebody says how long to wait."""

    def __init__(self):
        names = ("create", "update", "delete")
        block = Block(attributes=[Attribute(name, String(), optional=True) for name in names])
        super().__init__("timeouts", NestMode.Single, block)

    def encode(self, value):
        return value

    def decode(self, value):
        return value

    def semantically_equal(self, one, other):
        return one == other


def optional(name, kind, **more):
    return Attribute(name, kind, optional=True, **more)


class Stack(Resource):
    def __init__(self, provider):
        self.provider = provider

    @functools.cached_property
    def client(self):
        # Whoever only validates has configured nothing.
        return self.provider.session.client("cloudformation")

    @classmethod
    def get_name(cls):
        return "cloudformation_stack"

    @classmethod
    def get_schema(cls):
        texts = Map(String())
        return Schema(
            version=1,
            attributes=[
                Attribute("name", String(), required=True, requires_replace=True),
                optional("capabilities", Set(String())),
                optional("disable_rollback", Bool(), requires_replace=True),
                optional("iam_role_arn", String()),
                optional("notification_arns", Set(String())),
                optional("on_failure", String(), requires_replace=True),
                optional("parameters", texts, computed=True),
                optional("policy_body", String(), computed=True),
                optional("policy_url", String()),
                optional("region", String(), computed=True),
                optional("tags", texts),
                optional("template_body", String(), computed=True),
                optional("template_url", String()),
                optional("timeout_in_minutes", Number(), requires_replace=True),
                Attribute("id", String(), computed=True),
                Attribute("outputs", texts, computed=True),
                Attribute("tags_all", texts, computed=True),
            ],
            block_types=[Timeouts()],
        )

    def plan(self, context, current, planned):
        if context.changed_fields:
            planned["outputs"] = Unknown
            planned["tags_all"] = Unknown
        return planned

    def create(self, context, planned):
        arguments = self.arguments(planned)
        try:
            identity = self.client.create_stack(StackName=planned["name"], **arguments)["StackId"]
        except ClientError as error:
            context.diagnostics.add_error(f"creating CloudFormation Stack ({planned['name']})", str(error))
            return None
        return self.settled(context, {**planned, "id": identity})

    def update(self, context, current, planned):
        arguments = self.arguments(planned)
        try:
            self.client.update_stack(StackName=current["id"], **arguments)
        except ClientError as error:
            if "No updates are to be performed" not in str(error):
                context.diagnostics.add_error(f"updating CloudFormation Stack ({current['name']})", str(error))
                return current
        return self.settled(context, {**planned, "id": current["id"]})

    def delete(self, context, current):
        self.client.delete_stack(StackName=current["id"])
        status = self.waited_for(current["id"])
        if status not in (None, "DELETE_COMPLETE"):
            context.diagnostics.add_error(f"deleting CloudFormation Stack ({current['name']})", status)

    def read(self, context, current):
        stack = self.described(current["id"])
        if stack is None or stack["StackStatus"] == "DELETE_COMPLETE":
            return None
        body = normalized(self.client.get_template(StackName=current["id"])["TemplateBody"])
        # Of the parameters those that were given, as the provider does it. Where CloudFormation tells the name in
        # Parameter Store that was given, MiniStack tells what is stored there.
        given = current["parameters"] or {}
        parameters = {
            one["ParameterKey"]: given[one["ParameterKey"]] if is_stored(body, one) else one["ParameterValue"]
            for one in stack.get("Parameters", [])
            if one["ParameterKey"] in given
        }
        tags = {one["Key"]: one["Value"] for one in stack.get("Tags", [])}
        return {
            **self.known(current),
            "parameters": parameters,
            "template_body": body,
            "outputs": outputs(stack),
            "tags": tags or current["tags"],
            "tags_all": tags,
        }

    def arguments(self, planned):
        parameters = planned["parameters"] or {}
        return {
            "TemplateBody": normalized(planned["template_body"]),
            "Parameters": [{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()],
            "Capabilities": list(planned["capabilities"] or []),
            "Tags": [{"Key": key, "Value": value} for key, value in (planned["tags"] or {}).items()],
            **({"StackPolicyBody": planned["policy_body"]} if planned["policy_body"] not in (None, Unknown) else {}),
        }

    def settled(self, context, planned):
        status = self.waited_for(planned["id"])
        if status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
            events = self.client.describe_stack_events(StackName=planned["id"])["StackEvents"]
            reasons = [
                f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}"
                for event in events
                if "FAILED" in event["ResourceStatus"]
            ]
            context.diagnostics.add_error(f"CloudFormation Stack ({planned['name']}): {status}", "\n".join(reasons))
        stack = self.described(planned["id"]) or {}
        tags = planned["tags"] or {}
        return {**self.known(planned), "outputs": outputs(stack), "tags_all": tags}

    def known(self, state):
        region = self.client.meta.region_name
        known = {name: None if value is Unknown else value for name, value in state.items()}
        return {**known, "region": region}

    def waited_for(self, identity):
        for _ in range(PATIENCE * 5):
            stack = self.described(identity)
            if stack is None or not stack["StackStatus"].endswith("IN_PROGRESS"):
                return stack and stack["StackStatus"]
            time.sleep(0.2)
        return stack["StackStatus"]

    def described(self, identity):
        try:
            return self.client.describe_stacks(StackName=identity)["Stacks"][0]
        except ClientError as error:
            if "does not exist" in str(error):
                return None
            raise


def normalized(body):
    """The provider sends JSON as Go writes it: no spaces, names in order, and three characters as escapes."""
    value = body if isinstance(body, dict) else json.loads(body)
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def is_stored(body, parameter):
    kind = json.loads(body)["Parameters"][parameter["ParameterKey"]]["Type"]
    return kind.startswith("AWS::SSM::Parameter::Value")


def outputs(stack):
    return {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", [])}


class StoredParameter(Resource):
    def __init__(self, provider):
        self.provider = provider

    @functools.cached_property
    def client(self):
        # Whoever only validates has configured nothing.
        return self.provider.session.client("ssm")

    @classmethod
    def get_name(cls):
        return "ssm_parameter"

    @classmethod
    def get_schema(cls):
        texts = Map(String())
        return Schema(
            version=1,
            attributes=[
                Attribute("name", String(), required=True, requires_replace=True),
                Attribute("type", String(), required=True),
                optional("allowed_pattern", String()),
                optional("arn", String(), computed=True),
                optional("data_type", String(), computed=True),
                optional("description", String()),
                optional("insecure_value", String(), computed=True),
                optional("key_id", String(), computed=True),
                optional("overwrite", Bool()),
                optional("region", String(), computed=True),
                optional("tags", texts),
                optional("tier", String()),
                optional("value", String(), computed=True, sensitive=True),
                Attribute("id", String(), computed=True),
                Attribute("tags_all", texts, computed=True),
                Attribute("version", Number(), computed=True),
            ]
        )

    def plan(self, context, current, planned):
        if context.changed_fields:
            planned["version"] = Unknown
            planned["tags_all"] = Unknown
        return planned

    def create(self, context, planned):
        tags = [{"Key": key, "Value": value} for key, value in (planned["tags"] or {}).items()]
        self.client.put_parameter(**self.arguments(planned), Overwrite=False, Tags=tags)
        return self.read(context, {**planned, "id": planned["name"]})

    def update(self, context, current, planned):
        self.client.put_parameter(**self.arguments(planned), Overwrite=True)
        return self.read(context, {**planned, "id": current["id"]})

    def delete(self, context, current):
        self.client.delete_parameter(Name=current["id"])

    def read(self, context, current):
        try:
            parameter = self.client.get_parameter(Name=current["id"], WithDecryption=True)["Parameter"]
        except self.client.exceptions.ParameterNotFound:
            return None
        known = {name: None if value is Unknown else value for name, value in current.items()}
        return {
            **known,
            "arn": parameter["ARN"],
            "data_type": parameter.get("DataType", "text"),
            "region": self.client.meta.region_name,
            "tags_all": known["tags"] or {},
            "value": parameter["Value"],
            "version": parameter["Version"],
        }

    def arguments(self, planned):
        return {
            "Name": planned["name"],
            "Type": planned["type"],
            "Value": planned["value"],
            "Description": planned["description"] or "",
        }


class Aws(Provider):
    session = None

    def full_name(self):
        return "hashicorp/aws"

    def get_model_prefix(self):
        return "aws_"

    def get_provider_schema(self, diagnostics):
        return Schema(attributes=[optional("region", String())])

    def validate_config(self, diagnostics, config):
        pass

    def configure_provider(self, diagnostics, config):
        self.session = boto3.Session(region_name=config["region"])

    def get_data_sources(self):
        return []

    def get_resources(self):
        return [Stack, StoredParameter]


if __name__ == "__main__":
    run_provider(Aws())
