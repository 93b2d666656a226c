"""Known faults of what we use: `python -m kvitt.audit` asks the registry's data base about each
line of requirements.lock, by pip-audit, and leaves out what deploy/accepted-faults.yaml accepts.
"""

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import yaml

ACCEPTED = Path(__file__).parents[1] / "accepted-faults.yaml"
UNREACHED = 2
"""The exit code where the registry did not answer: nothing is known then."""


def unaccepted(
    found: Iterable[Mapping[str, Any]], accepted: Iterable[Mapping[str, Any]], *, today: date
) -> Iterator[str]:
    """Each fault that is not accepted today, in pip-audit's terms."""
    until = {(one["package"], one["fault"]): one["until"] for one in accepted}
    for package in found:
        for fault in package.get("vulns", ()):
            names = [fault["id"], *fault.get("aliases", ())]
            days = [
                until[package["name"], name] for name in names if (package["name"], name) in until
            ]
            if not any(day > today for day in days):
                ended = f"; accepted until {max(days)}" if days else ""
                mended = ", ".join(fault.get("fix_versions", ())) or "nowhere yet"
                what = f"{package['name']} {package['version']}: {names[0]}"
                yield f"{what}, mended in {mended}{ended}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Gives the exit code: 1 for a fault that is not accepted, 2 where nobody answers."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    lock = given[0] if given else "requirements.lock"
    asked = subprocess.run(
        [
            sys.executable,
            *("-m", "pip_audit", "--requirement", lock),
            *("--require-hashes", "--no-deps", "--disable-pip", "--vulnerability-service", "pypi"),
            *("--format", "json", "--progress-spinner", "off"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        found = json.loads(asked.stdout)["dependencies"]
    except ValueError:
        said = (asked.stderr.strip().splitlines() or ["it says nothing"])[-1]
        sys.stderr.write(f"the registry's data base of faults was not reached: {said[:200]}\n")
        return UNREACHED
    passed_over = [one for one in found if one.get("skip_reason")]
    if len(passed_over) == len(found):
        reason = passed_over[0]["skip_reason"] if passed_over else "there is nothing to ask about"
        sys.stderr.write(f"the registry's data base of faults was not reached: {reason}\n")
        return UNREACHED
    today = datetime.now(UTC).date()
    faults = list(unaccepted(found, yaml.safe_load(ACCEPTED.read_text()), today=today))
    lines = [*faults, *(f"not looked up: {one['name']}" for one in passed_over)]
    lines.append(f"{len(found)} packages, {len(faults)} known faults that nobody has accepted")
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
