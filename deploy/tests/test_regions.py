"""`kvitt region check`, and what a start says of regions whose policy file is wrong."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from kvitt import regions
from kvitt.local.problems import LocalProblem
from kvitt.local.supervisor import default_regions_dir, region_codes, regions_out


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copied = tmp_path / "regions"
    shutil.copytree(default_regions_dir(), copied)
    return copied


def replace(file: Path, right: str, other: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert right in text
    file.write_text(text.replace(right, other, 1), encoding="utf-8")


def mistype(file: Path) -> None:
    replace(file, "outcome: auto_execute", "outcome: voided")


def kvitt(*arguments: str, regions_dir: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kvitt", *arguments],
        env={**os.environ, "KVITT_REGIONS_DIR": str(regions_dir)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_mistyped_value_is_told_with_its_place_and_what_is_allowed(folder: Path) -> None:
    mistype(folder / "ac.yaml")

    checked = kvitt("region", "check", str(folder / "ac.yaml"), regions_dir=folder)

    assert checked.returncode == 1
    first, second = checked.stdout.splitlines()
    assert first == f"{folder / 'ac.yaml'}: wrong"
    assert second == (
        '  error: line 9: versions.0.transfer.expiry.outcome is "voided":'
        " Input should be 'auto_execute', 'lock' or 'void'"
    )


def test_without_a_file_all_of_the_regions_directory_are_checked(folder: Path) -> None:
    mistype(folder / "ac.yaml")
    checked = kvitt("region", "check", "--json", regions_dir=folder)

    assert checked.returncode == 1
    files = {one["region"]: one for one in json.loads(checked.stdout)["files"]}
    assert {code: one["is_right"] for code, one in files.items()} == {
        "ac": False,
        "bd": True,
        "m": True,
        "w": True,
    }


def test_a_fee_may_be_delayed(folder: Path) -> None:
    file = folder / "ac.yaml"
    replace(file, "timing: immediate", "timing: delayed_90_days")

    checked = kvitt("region", "check", str(file), regions_dir=folder)

    assert checked.returncode == 0
    assert "timing" not in checked.stdout


def test_the_delivered_files_are_right(folder: Path) -> None:
    assert kvitt("region", "check", str(folder), regions_dir=folder).returncode == 0


def test_a_directory_without_a_policy_is_told(tmp_path: Path) -> None:
    checked = kvitt("region", "check", regions_dir=tmp_path)

    assert checked.returncode == 1
    assert "No region's policy" in checked.stderr


def test_a_start_knows_which_regions_are_out_and_keeps_their_topics(folder: Path) -> None:
    mistype(folder / "ac.yaml")
    (folder / "copy of bd.yaml").write_text("")

    out = regions_out(folder)

    assert region_codes(folder) == ["ac", "bd", "m", "w"]
    assert "transfer.expiry.outcome" in out["ac"]
    assert set(out) == {"ac", "copy of bd.yaml"}


def test_a_start_without_any_region_that_can_be_used_is_refused_at_once(folder: Path) -> None:
    for file in folder.glob("*.yaml"):
        file.write_text("")

    with pytest.raises(LocalProblem, match="can be used") as told:
        regions_out(folder)

    assert "w.yaml: is empty" in told.value.remedy


def test_a_month_of_a_region_that_is_out_is_refused_before_anything_starts(
    folder: Path, tmp_path: Path
) -> None:
    mistype(folder / "ac.yaml")

    ran = kvitt("run", "--once", "--state", str(tmp_path / "state"), regions_dir=folder)

    assert ran.returncode == 1
    assert "transfer.expiry.outcome" in ran.stderr
    assert "postgres" not in ran.stdout


def test_outages_are_what_the_services_say() -> None:
    with saying({"status": "yes", "regions_out": {"ac": "ac.yaml: is empty"}}) as url:
        assert regions.outages([url, "http://127.0.0.1:1"]) == {"ac": "ac.yaml: is empty"}


@contextmanager
def saying(answer: dict[str, object]) -> Iterator[str]:
    class Ready(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *values: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Ready)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()
