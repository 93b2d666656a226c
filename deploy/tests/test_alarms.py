"""The alarms: what promtool says of them, and that each has a page that a person can follow."""

import re
import shutil
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
import yaml
from kvitt.dashboards.metrics import declared, of
from kvitt.local.processes import ProcessReaper
from kvitt.local.prometheus import PrometheusServer
from kvitt.local.state import State

from tests.watching.expressions import ALARMS, alarms, looked_at

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "runbooks" / "alarms"
# decision 0584: an alarm is a symptom with a bound, and has a page
HEADINGS = ("What it means", "How to see it", "What to do", "How to know that it is over")
SEVERITIES = {"page", "ticket"}

EVERY = pytest.mark.parametrize("rule", alarms(), ids=lambda rule: str(rule["alert"]))


@pytest.fixture
def promtool() -> str:
    """Prometheus's own judge of rules. Where there is none, what needs it is skipped by name."""
    found = shutil.which("promtool")
    if found is None:
        pytest.skip("promtool is not installed (Debian: apt-get install prometheus)")
    return found


def test_promtool_finds_the_alarms_sound(promtool: str) -> None:
    told = _run(promtool, "check", "rules", str(ALARMS))

    assert told.returncode == 0, told.stdout + told.stderr


def test_each_alarm_fires_of_its_symptom_and_is_quiet_without(promtool: str) -> None:
    told = _run(promtool, "test", "rules", str(ALARMS.with_name("alarms.test.yaml")))

    assert told.returncode == 0, told.stdout + told.stderr


def test_promtool_finds_sound_what_prometheus_is_told_here(promtool: str, tmp_path: Path) -> None:
    with closing(ProcessReaper()) as reaper:
        server = PrometheusServer(
            State.open(tmp_path),
            reaper,
            "prometheus",
            urls={"orders": "http://127.0.0.1:1"},
            alertmanagers=["127.0.0.1:2"],
        )
    file = tmp_path / "prometheus.yaml"
    file.write_text(yaml.safe_dump(server.settings()), encoding="utf-8")

    told = _run(promtool, "check", "config", str(file))

    assert told.returncode == 0, told.stdout + told.stderr


def test_each_alarm_is_tested_quiet_and_firing() -> None:
    text = ALARMS.with_name("alarms.test.yaml").read_text(encoding="utf-8")
    tested = [one["alert_rule_test"] for one in yaml.safe_load(text)["tests"]]
    quiet = [case["alertname"] for one in tested for case in one if not case.get("exp_alerts")]
    firing = [case["alertname"] for one in tested for case in one if case.get("exp_alerts")]

    assert sorted(quiet) == sorted(firing) == sorted(rule["alert"] for rule in alarms())


@EVERY
def test_an_alarm_looks_at_what_is_declared(rule: dict[str, str]) -> None:
    metrics = of(looked_at(rule["expr"]), declared())

    assert metrics or "up{" in rule["expr"]


@EVERY
def test_an_alarm_says_how_urgent_it_is_and_names_its_page(rule: dict[str, dict[str, str]]) -> None:
    assert rule["labels"]["severity"] in SEVERITIES
    assert rule["annotations"]["runbook"] == f"docs/runbooks/alarms/{rule['alert']}.md"


@EVERY
def test_a_page_says_what_it_means_how_to_see_what_to_do_and_when_it_is_over(
    rule: dict[str, str],
) -> None:
    page = (PAGES / f"{rule['alert']}.md").read_text(encoding="utf-8")

    parts = re.split(r"^## (.+)$", page, flags=re.MULTILINE)

    assert page.startswith(f"# {rule['alert']}\n")
    assert tuple(parts[1::2]) == HEADINGS
    assert all(len(text.strip()) > 20 for text in parts[2::2])


def test_no_page_is_left_of_an_alarm_that_is_gone() -> None:
    assert {page.stem for page in PAGES.glob("*.md")} == {rule["alert"] for rule in alarms()}


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False)
