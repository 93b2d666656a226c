import asyncio
import itertools
import os
import re
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from kvitt.local.state import State
from kvitt.local.supervisor import LocalSystem
from kvitt.story.files import RegionFiles, read_regions
from kvitt.story.running import run_month
from kvitt.story.services import Services
from kvitt_contracts.topics import SERVICES

ROOT = Path(__file__).parents[1]
LEFT_OUT = "make test"  # it is what runs this

pytestmark = [pytest.mark.timeout(1800), pytest.mark.long(seconds=535)]


def shell_blocks(page: str) -> list[str]:
    """The shell blocks of a Markdown page, in order."""
    return re.findall(r"^```sh\n(.*?)^```$", page, flags=re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A state of its own, and nothing that runs on it afterwards."""
    state = tmp_path_factory.mktemp("readme")
    environment = {**os.environ, "KVITT_STATE": str(state), "COLUMNS": "120"}
    yield environment
    run(".venv/bin/kvitt down", environment)


def run(block: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a block as a person would who stands in the repository's folder."""
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def figures(page: str) -> str:
    """The table of figures as it stands in a page or an output, without spaces at ends of lines."""
    lines = [line.rstrip() for line in page.splitlines()]
    begin = lines.index("Månaden i siffror")
    table = itertools.takewhile(lambda line: not line.startswith("└"), lines[begin:])
    return "\n".join(table)


@pytest.fixture(scope="module")
def ended(environment: dict[str, str]) -> list[tuple[str, subprocess.CompletedProcess[str]]]:
    """Every block of the page with how it ended, run in the page's order."""
    blocks = shell_blocks((ROOT / "README.md").read_text(encoding="utf-8"))
    return [(one, run(one, environment)) for one in blocks if one.strip() != LEFT_OUT]


def test_every_block_works_and_shows_the_figures_of_the_page(
    ended: list[tuple[str, subprocess.CompletedProcess[str]]],
) -> None:
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    month = ended[0][1].stdout

    assert len(ended) >= 3
    failed = [(block, one.stdout[-2000:], one.stderr) for block, one in ended if one.returncode]
    assert failed == []
    assert _without_messages(figures(month)) == _without_messages(figures(page))
    assert "Allt blev som väntat" in month


def _without_messages(table: str) -> str:
    """The figures that do not depend on which of a day's facts came first. A prescriber is told of
    an order whose date was changed, and not of one whose goods came before it.
    """
    return "\n".join(line for line in table.splitlines() if "olästa" not in line)


def test_a_second_month_on_the_same_state_adds_only_answers_to_what_is_quarantined(
    environment: dict[str, str], ended: list[tuple[str, subprocess.CompletedProcess[str]]]
) -> None:
    assert ended[0][1].returncode == 0
    regions = read_regions(ROOT / "examples", [])
    with LocalSystem(State.open(Path(environment["KVITT_STATE"]))) as system:
        before = asyncio.run(_recorded(system))

        result = asyncio.run(run_month(system, regions))

        assert result.is_as_expected
        assert result.published == _messages(regions)
        after = asyncio.run(_recorded(system))
        assert min(before.values()) > 0
        assert {name: after[name] - before[name] for name in after} == _told_again(regions)


def _messages(regions: Sequence[RegionFiles]) -> int:
    return sum(
        1 for one in regions for stage in one.stages for _ in stage.messages(region=one.code)
    )


def _told_again(regions: Sequence[RegionFiles]) -> dict[str, int]:
    """What cannot be recognised waits again, and its sender hears of it again."""
    by_service = Counter(
        one["topic"] for region in regions for one in region.expected["quarantined"]
    )
    return {name: by_service[name] for name in SERVICES} | {"notifications": by_service.total()}


async def _recorded(system: LocalSystem) -> dict[str, int]:
    """The last number of each service's log."""
    async with Services(system.urls, system.admin_urls, system.tokens) as services:
        operator = services.as_operator()
        return {
            name: (await operator.get(name, "/admin/idle"))["recorded"] for name in services.names
        }
