"""What the Terraform module does, seen from Terraform and from AWS."""

import json
import os
import pathlib
import shutil
import tempfile
import unittest

from machinery import INFRA, Emulator, Workspace, emulated

# What CloudFormation takes in one call, in bytes.
LONGEST_TEMPLATE = 51_200


def template(name):
    return json.loads((INFRA / f"{name}.json").read_text())


class Case(unittest.TestCase):
    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="wpimg-terraform-"))
        self.addCleanup(shutil.rmtree, self.directory)


class Planning(Case):
    """With the templates as they are. Nobody answers at the address, and nobody needs to."""

    def setUp(self):
        super().setUp()
        self.workspace = Workspace(self.directory, "http://127.0.0.1:9")

    def test_files_are_laid_out_as_terraform_does_it(self):
        self.workspace.terraform("fmt", "-check", "-recursive", "-diff", "infra/terraform")

    def test_the_example_is_valid(self):
        example = self.directory / "infra/terraform/examples/shop"
        self.workspace.terraform("get", directory=example)
        self.workspace.terraform("validate", "-no-color", directory=example)
        self.workspace.terraform("plan", "-no-color", directory=example)

    def test_an_argument_that_the_provider_does_not_have_is_noticed(self):
        main = self.directory / "infra/terraform/main.tf"
        main.write_text(main.read_text().replace("policy_body ", "stack_policy"))
        self.workspace.configure()
        said = self.workspace.terraform("validate", "-no-color", succeeds=False)
        self.assertIn('An argument named "stack_policy" is not expected here.', said)

    def test_without_a_choice_a_stack_gets_its_own_defaults(self):
        planned = self.workspace.planned()
        for stack, address in [("data", "aws_cloudformation_stack.data[0]"), ("app", "aws_cloudformation_stack.app")]:
            with self.subTest(stack):
                values = planned[address]
                parameters = template(stack)["Parameters"]
                defaults = {name: one["Default"] for name, one in parameters.items() if "Default" in one}
                filled = {"DataStack": "shop-data", "Image": "/wpimg/shop/image"} if stack == "app" else {}
                self.assertEqual(values["parameters"], {**defaults, **filled})
                self.assertEqual(values["name"], f"shop-{stack}")
                self.assertEqual(values["capabilities"], ["CAPABILITY_IAM"])

    def test_what_is_sent_is_the_template_and_fits_into_a_call(self):
        planned = self.workspace.planned(protected=False)
        for stack, address in [
            ("data", "aws_cloudformation_stack.data_unprotected[0]"),
            ("app", "aws_cloudformation_stack.app"),
        ]:
            with self.subTest(stack):
                body = planned[address]["template_body"]
                self.assertEqual(json.loads(body), template(stack))
                self.assertLess(len(body.encode()), LONGEST_TEMPLATE)

    def test_what_is_chosen_arrives_as_cloudformation_takes_it(self):
        planned = self.workspace.planned(
            admin_networks=["192.0.2.0/24", "198.51.100.0/24"],
            cache="valkey",
            max_count=12,
            multi_az=False,
        )
        data = planned["aws_cloudformation_stack.data[0]"]["parameters"]
        app = planned["aws_cloudformation_stack.app"]["parameters"]
        self.assertEqual((data["Cache"], app["Cache"]), ("valkey", "valkey"))
        self.assertEqual(data["MultiAz"], "false")
        self.assertEqual(app["MaxCount"], "12")
        self.assertEqual(app["AdminNetworks"], "192.0.2.0/24,198.51.100.0/24")

    def test_what_a_stack_does_not_take_is_refused_before_anything_happens(self):
        wrong = {
            "cidr": ("10.0.0.0/8", "cidr takes an IPv4 network from /16 to /21"),
            "database_backup_days": (36, "database_backup_days takes a whole number from 1 to 35."),
            "max_count": (1.5, "max_count takes a whole number from 1 to 1000."),
            "desired_count": ("many", "desired_count takes auto, or a number of tasks."),
            "egress": ("nowhere", "egress takes one of endpoints, nat, nat-per-az, public."),
            "multi_az": ("perhaps", "a bool is required"),
            "name": ("Shop", "The name takes 2 to 40 lower-case letters"),
            "size": ("256/4096", "size takes one of 256/512, "),
        }
        self.workspace.configure(**{name: value for name, (value, _) in wrong.items()})
        said = self.workspace.terraform("plan", "-no-color", succeeds=False)
        for name, (_, message) in wrong.items():
            with self.subTest(name):
                self.assertIn(message, said)

    def test_what_holds_data_is_replaced_only_where_that_is_let(self):
        def denied(**variables):
            policy = self.workspace.planned(**variables)["aws_cloudformation_stack.data[0]"]["policy_body"]
            statements = json.loads(policy)["Statement"]
            self.assertEqual(statements[0]["Effect"], "Allow")
            return [name for one in statements[1:] for name in one["Resource"]]

        kept = [name for name, one in template("data")["Resources"].items() if "DeletionPolicy" in one]
        self.assertEqual(sorted(denied()), sorted(f"LogicalResourceId/{name}" for name in kept))
        self.assertEqual(denied(allow_replacement=True), [])


class Applying(Case):
    """With the templates as far as the emulator goes."""

    def setUp(self):
        super().setUp()
        self.emulator = Emulator(os.environ["WPIMG_MINISTACK"], self.directory)
        self.addCleanup(self.emulator.stop)
        self.workspace = emulated(self.directory / "site", self.emulator)
        self.stacks = self.emulator.client("cloudformation")
        self.parameters = self.emulator.client("ssm")

    def stack(self, name):
        return self.stacks.describe_stacks(StackName=name)["Stacks"][0]

    def outputs(self, name):
        return {one["OutputKey"]: one["OutputValue"] for one in self.stack(name).get("Outputs", [])}

    def living(self):
        stacks = self.stacks.describe_stacks()["Stacks"]
        return sorted(one["StackName"] for one in stacks if one["StackStatus"] != "DELETE_COMPLETE")

    def image(self):
        return self.parameters.get_parameter(Name="/wpimg/shop/image")["Parameter"]["Value"]

    def test_a_site_comes_changes_and_goes(self):
        told = self.workspace.apply(protected=False, cache="valkey", tags={"site": "shop"})
        self.assertEqual(self.living(), ["shop-app", "shop-data"])
        self.assertEqual(self.image(), "none")
        self.assertEqual(self.stack("shop-data")["Tags"], [{"Key": "site", "Value": "shop"}])

        # Each output is what the stack tells, or null where the stack does not have it.
        for name in ("shop-data", "shop-app"):
            for output, value in self.outputs(name).items():
                with self.subTest(output):
                    self.assertEqual(told[snake_case(output)], value)
        self.assertEqual(told["cache_port"], "6379")
        self.assertIsNone(told["key"])
        self.assertIsNone(told["distribution_id"])
        self.assertEqual(told["image_parameter"], "/wpimg/shop/image")
        self.workspace.changes_nothing()

        # A deployment writes the image: Terraform leaves it, and a change of the stack takes it.
        digest = "shop@sha256:" + 64 * "1"
        self.parameters.put_parameter(Name="/wpimg/shop/image", Value=digest, Type="String", Overwrite=True)
        self.workspace.changes_nothing()
        told = self.workspace.apply(protected=False, cache="valkey", tags={"site": "shop"}, alarm_seconds=4)
        self.assertEqual(self.image(), digest)
        self.assertEqual(told["image"], digest)

        self.workspace.terraform("destroy", "-auto-approve", "-no-color")
        self.assertEqual(self.living(), [])
        with self.assertRaises(self.parameters.exceptions.ParameterNotFound):
            self.image()

    def test_a_protected_data_stack_is_not_destroyed(self):
        self.workspace.apply()
        said = self.workspace.terraform("destroy", "-auto-approve", "-no-color", succeeds=False)
        self.assertIn("Instance cannot be destroyed", said)
        self.assertEqual(self.living(), ["shop-app", "shop-data"])

        # Nor is it where somebody only changes the variable.
        self.workspace.configure(protected=False)
        said = self.workspace.terraform("apply", "-auto-approve", "-no-color", succeeds=False)
        self.assertIn("Instance cannot be destroyed", said)

        identity = self.stack("shop-data")["StackId"]
        resource = "module.site.aws_cloudformation_stack.data"
        self.workspace.terraform("state", "mv", f"{resource}[0]", f"{resource}_unprotected[0]")
        self.workspace.changes_nothing()
        self.assertEqual(self.stack("shop-data")["StackId"], identity)
        self.workspace.terraform("destroy", "-auto-approve", "-no-color")
        self.assertEqual(self.living(), [])


def snake_case(name):
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")


if __name__ == "__main__":
    unittest.main(verbosity=2)
