"""`make images`: the image of the services, made without a registry of images, and a month in it.

Debian's packages make the base, the wheels of requirements.lock what is on it; five containers then
live through a region's short month against the local PostgreSQL and Kafka.
"""

import argparse
import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from kvitt.local.state import State
from kvitt.local.supervisor import LocalSystem
from kvitt.story.files import read_regions
from kvitt.story.running import run_month

from tests.images.container import podman
from tests.journeys.months import write_month

ROOT = Path(__file__).parents[2]
STORAGE = ROOT / ".kvitt" / "images"
BASE, IMAGE = "localhost/kvitt-base:bookworm", "localhost/kvitt-service:dev"
LARGEST_MB = 350
READY_SECONDS = 30.0
REGION = "w"
LAST_DAY = date(2026, 5, 8)
_SMALL = (
    "--variant=minbase",
    "--include=usr-is-merged,python3,python3-venv,ca-certificates",  # the first saves perl
    '--aptopt=APT::Install-Recommends "false"',
    *(f"--dpkgopt=path-exclude=/usr/share/{one}/*" for one in ("doc", "man", "info", "locale")),
    '--customize-hook=rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/* "$1"/var/log/*',
)
"""What of Debian the base has, and what it leaves out."""
_TOOLS = ("mmdebstrap", "podman", "buildah", "runc")


def main() -> int:
    """The command line: 0 when the image is as promised and the month ends as it has to."""
    parser = argparse.ArgumentParser(prog="make images", description=__doc__)
    parser.add_argument("--seconds", type=float, default=READY_SECONDS, help="until all are ready")
    parser.add_argument("--base", help="an image to build on, in the place of one made here")
    arguments = parser.parse_args()
    if missing := [tool for tool in _TOOLS if shutil.which(tool) is None]:
        print(f"missing: {', '.join(missing)}; apt-get install podman buildah runc mmdebstrap")
        return 1
    if os.geteuid() != 0:
        print("run it as root: the base is made, and containers are run, without a daemon")
        return 1
    build(arguments.base or _base())
    megabytes = size()
    print(f"{IMAGE}: {megabytes} MB of {LARGEST_MB}, {_components()} components in its bill")
    seconds, wrong = journey()
    print(f"five services in containers ready after {seconds:.1f} s of {arguments.seconds:g}")
    for line in wrong:
        print(line)
    print("the month of", REGION, "differs" if wrong else "is as expected")
    return 1 if wrong or megabytes > LARGEST_MB or seconds > arguments.seconds else 0


def build(base: str) -> None:
    """Make the image from `.wheels`; pip is told of no index."""
    _run(
        *("buildah", "--root", str(STORAGE / "root"), "--runroot", str(STORAGE / "run")),
        *("--storage-driver", "overlay", "bud", "--isolation", "chroot", "--network", "host"),
        *("--format", "docker", "--build-arg", f"BASE={base}", "--tag", IMAGE),
        *("--ignorefile", ".dockerignore", "--file", "deploy/service.Dockerfile", "."),
    )


def size() -> int:
    """The megabytes of all its layers."""
    told = _run(*podman(STORAGE), "image", "inspect", IMAGE)
    return int(json.loads(told)[0]["Size"]) // 1_000_000


def journey() -> tuple[float, list[str]]:
    """Live through a month in containers: the seconds until all were ready, and what differs."""
    ran = (sys.executable, str(Path(__file__).with_name("container.py")), str(STORAGE), IMAGE)
    begun: list[float] = []
    ready: list[float] = []

    def report(part: str, what: str) -> None:
        (begun if what == "starting" and part not in ("postgres", "kafka") else []).append(
            time.monotonic()
        )
        (ready if what.startswith("ready on http") else []).append(time.monotonic())
        print(f"{part:<14} {what}", flush=True)

    with tempfile.TemporaryDirectory(prefix="kvitt-images-") as directory:
        place = Path(directory)
        regions = read_regions(write_month(place / "examples", last_day=LAST_DAY), [REGION])
        state = State.open(place / "state")
        with LocalSystem(state, interpreter=ran, report=report) as system:
            result = asyncio.run(run_month(system, regions))
    found = [str(one) for many in result.differences.values() for one in many]
    return max(ready) - min(begun), found


def _base() -> str:
    """The base of Debian's packages, made where it is missing."""
    made = subprocess.run([*podman(STORAGE), "image", "exists", BASE], check=False)
    if made.returncode != 0:
        STORAGE.mkdir(parents=True, exist_ok=True)
        tar = STORAGE / "base.tar"
        _run("mmdebstrap", *_SMALL, "bookworm", str(tar))
        _run(*podman(STORAGE), "import", str(tar), BASE)
        tar.unlink()
    return BASE


def _components() -> int:
    told = _run(*podman(STORAGE), "run", "--rm", "--network", "none", "--entrypoint", "cat",
                *("--ulimit", "nofile=20000:20000", "--ulimit", "nproc=2000:2000"), IMAGE,
                "/opt/kvitt/bill.cdx.json")  # fmt: skip
    bill = STORAGE / "bill.cdx.json"
    bill.write_text(told)
    return len(json.loads(told)["components"])


def _run(*command: str) -> str:
    """What it prints. Raises SystemExit with the end of what a failing one said."""
    print("$", " ".join(command[:1] + command[-3:]), flush=True)
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if ended.returncode != 0:
        sys.exit(f"{command[0]} failed: {(ended.stdout + ended.stderr)[-3000:]}")
    return ended.stdout


if __name__ == "__main__":
    sys.exit(main())
