"""Runs Terraform with the stand-in for its provider, and MiniStack beside it."""

import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import time

import boto3

from emulated import cut

TESTS = pathlib.Path(__file__).resolve().parent
INFRA = TESTS.parent.parent
REGION = "eu-west-1"

# Credentials that no cloud knows, for clients that want some.
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": REGION}


class Emulator:
    """MiniStack on a port of its own, until it is stopped."""

    def __init__(self, program, directory):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.log = directory / "emulator.log"
        # Without BIND_HOST it listens on every address of the machine.
        environment = {
            "HOME": str(directory),
            "TMPDIR": str(directory),
            "PATH": "/usr/bin:/bin",
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(port),
        }
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [program], cwd=directory, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )
        for _ in range(300):
            if self.process.poll() is not None:
                break
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.1)
        self.stop()
        raise RuntimeError(f"the emulator did not start:\n{self.log.read_text()}")

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def client(self, service):
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        )


class Workspace:
    """A directory with a configuration that uses the module as `module.site`."""

    def __init__(self, directory, url, templates=lambda template: template):
        self.directory = directory
        copied = directory / "infra"
        shutil.copytree(INFRA / "terraform", copied / "terraform")
        for name in ("data.json", "app.json"):
            template = json.loads((INFRA / name).read_text())
            (copied / name).write_text(json.dumps(templates(template)))
        plugins = directory / "plugins"
        plugins.mkdir()
        program = plugins / "terraform-provider-aws"
        program.write_text(f"#!/bin/sh\nexec {sys.executable} {TESTS / 'provider.py'}\n")
        program.chmod(0o755)
        settings = directory / "terraformrc"
        override = json.dumps(str(plugins))
        settings.write_text(f'provider_installation {{\n  dev_overrides {{\n    "hashicorp/aws" = {override}\n  }}\n}}\n')
        self.environment = {
            **CREDENTIALS,
            "AWS_ENDPOINT_URL": url,
            # Nobody is asked whether there is a newer Terraform.
            "CHECKPOINT_DISABLE": "1",
            "HOME": str(directory),
            "PATH": os.environ["PATH"],
            "PYTHONDONTWRITEBYTECODE": "1",
            "TF_CLI_CONFIG_FILE": str(settings),
            "TF_IN_AUTOMATION": "1",
        }

    def configure(self, **variables):
        configuration = {
            "provider": {"aws": {"region": REGION}},
            "module": {"site": {"source": "./infra/terraform", "name": "shop", **variables}},
            "output": {"site": {"value": "${module.site}"}},
        }
        (self.directory / "main.tf.json").write_text(json.dumps(configuration, indent=2))
        self.terraform("get")

    def terraform(self, *arguments, directory=None, succeeds=True):
        """What Terraform says, on one line. With dev_overrides it needs no `init`."""
        done = subprocess.run(
            ["terraform", *arguments],
            cwd=directory or self.directory,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if (done.returncode == 0) != succeeds:
            raise AssertionError(f"terraform {' '.join(arguments)}: exit status {done.returncode}\n{done.stdout}")
        # Terraform draws a bar beside what went wrong, and breaks lines where the terminal would end.
        return re.sub(r"[\s│╷╵]+", " ", done.stdout)

    def json(self, *arguments):
        done = subprocess.run(
            ["terraform", *arguments],
            cwd=self.directory,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            check=True,
        )
        return json.loads(done.stdout)

    def apply(self, **variables):
        self.configure(**variables)
        self.terraform("apply", "-auto-approve", "-no-color")
        return self.json("output", "-json", "site")

    def planned(self, **variables):
        """The resources that a plan would make, by their address in the module."""
        self.configure(**variables)
        self.terraform("plan", "-no-color", "-out", "plan")
        resources = self.json("show", "-json", "plan")["planned_values"]["root_module"]["child_modules"][0]["resources"]
        return {one["address"].removeprefix("module.site."): one["values"] for one in resources}

    def changes_nothing(self):
        return self.terraform("plan", "-no-color", "-detailed-exitcode")


def emulated(directory, emulator):
    return Workspace(directory, emulator.url, cut)
