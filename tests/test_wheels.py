"""The wheels alone, as an image installs them: migrations come along, and run."""

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import psycopg
import pytest
from kvitt.local import migrations
from kvitt.local.databases import DatabaseUrls
from kvitt_chassis.migrations import OWNER_URL
from kvitt_contracts.topics import SERVICES
from kvitt_testkit.platform import Platform

pytestmark = pytest.mark.long(seconds=70)

ROOT = Path(__file__).parents[1]
OURS = (
    "contracts",
    "chassis",
    "documents",
    "files",
    "deploy",
    *(f"services/{service}" for service in SERVICES),
)
PREFIX = "wheels-"


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment with our wheels, and what others made beside them."""
    directory = tmp_path_factory.mktemp("installed")
    wheels, environment = directory / "wheels", directory / "environment"
    _run(*_PIP, "wheel", *_ALONE, "--wheel-dir", wheels, *(ROOT / ours for ours in OURS))
    _run(sys.executable, "-m", "venv", "--without-pip", environment)
    python = environment / "bin" / "python"
    _run(*_PIP, "--python", python, "install", "--no-deps", *wheels.glob("*.whl"))
    # A path that a file names is searched for packages alone: what is editable there stays unseen.
    others = sysconfig.get_path("purelib")
    (packages,) = environment.glob("lib/*/site-packages")
    (packages / "others.pth").write_text(others)
    return python


@pytest.mark.parametrize(
    "service",
    [SERVICES[0], *(pytest.param(name, marks=pytest.mark.thorough) for name in SERVICES[1:])],
)
def test_a_service_comes_from_its_wheel(service: str, python: Path) -> None:
    found = _run(python, "-c", f"import {service}.app; print({service}.app.__file__)")

    assert Path(found).is_relative_to(python.parents[1])


def test_migrations_run_from_the_wheels_alone(python: Path, platform: Platform) -> None:
    urls = {one: platform.database(one, PREFIX, migrate=False) for one in SERVICES}

    for service, url in urls.items():
        _run(python, "-m", "kvitt_chassis.migrate", service, **{OWNER_URL: url.owner})

    for service, url in urls.items():
        with psycopg.connect(DatabaseUrls.libpq(url.owner)) as database:
            found = database.execute("SELECT version_num FROM alembic_version").fetchone()
        assert found == (migrations.newest(service),)


def test_the_command_line_comes_from_its_wheel(python: Path, tmp_path: Path) -> None:
    told = _run(python.with_name("kvitt"), "failpoints", KVITT_STATE=str(tmp_path / "none"))

    assert "failpoint" in told


_PIP = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")
_ALONE = ("--no-deps", "--no-build-isolation")


def _run(*command: str | Path, **environment: str) -> str:
    """What it prints, in a directory outside the work tree."""
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    ended = subprocess.run(
        [str(part) for part in command],
        cwd="/",
        env=clean | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout.strip()
