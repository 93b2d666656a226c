"""`python -m kvitt.deployed` writes what of deploy/kubernetes is made from the code; with `--check`
it only compares.
"""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

import yaml

from kvitt.deployed import compose, kafka, network, postgres, workloads
from kvitt.deployed.objects import Object
from kvitt.deployed.parts import parts
from kvitt.local.supervisor import default_regions_dir, region_codes

PLACE = Path(__file__).parents[2] / "kubernetes"
AGAIN = "python -m kvitt.deployed"


def generated() -> dict[str, str]:
    """Every made file by its path under deploy/kubernetes, with its text."""
    place = default_regions_dir()
    codes = region_codes(place)
    policies = {
        str(file.relative_to(place)): file.read_text() for file in sorted(place.rglob("*.yaml"))
    }
    every = parts()
    found = {
        "kafka/topics.yaml": kafka.topics(codes),
        "kafka/users.yaml": kafka.users(codes),
        "base/regions.yaml": [workloads.regions(policies)],
        "base/network.yaml": network.policies(every),
        "migrations/jobs.yaml": [workloads.migration(part) for part in every],
        "postgres/databases.yaml": [
            one
            for part in every
            for one in (*postgres.objects_of(part), postgres.certificate(part))
        ],
    }
    found |= {f"base/{part.name}.yaml": workloads.objects_of(part, policies) for part in every}
    scripts = {
        "../compose/databases.sh": compose.databases(),
        "../compose/kafka/topics.sh": compose.topics(codes),
    }
    return {name: _text(objects) for name, objects in found.items()} | scripts


def differences(place: Path = PLACE) -> list[str]:
    """What is not as generated, one sentence each."""
    return [
        f"deploy/{_named(name)} is not what the code says"
        for name, text in generated().items()
        if not (place / name).is_file() or (place / name).read_text() != text
    ]


def main(arguments: list[str] | None = None) -> int:
    """The command line: 0 when all is (or has been made) as generated."""
    parser = argparse.ArgumentParser(prog=AGAIN, description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, change nothing")
    if parser.parse_args(arguments).check:
        found = differences()
        if found:
            sys.stderr.write(
                "\n".join([*found, f"Run `{AGAIN}` and commit what it writes."]) + "\n"
            )
        return 1 if found else 0
    for name, text in generated().items():
        (PLACE / name).parent.mkdir(parents=True, exist_ok=True)
        (PLACE / name).write_text(text)
    return 0


def _named(name: str) -> str:
    return name.removeprefix("../") if name.startswith("../") else f"kubernetes/{name}"


class _Plain(yaml.SafeDumper):
    def ignore_aliases(self, data: object) -> bool:
        return True


def _text(objects: Iterable[Object]) -> str:
    head = f"# Made from the code by `{AGAIN}`; edit deploy/kvitt/deployed instead.\n"
    return head + yaml.dump_all(objects, Dumper=_Plain, sort_keys=False, width=120)


if __name__ == "__main__":
    sys.exit(main())
