import itertools
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LEFT_OUT = "make test"  # it is what runs this

pytestmark = pytest.mark.timeout(400)


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


def test_every_block_works_and_shows_the_figures_of_the_page(environment: dict[str, str]) -> None:
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    chosen = [block for block in shell_blocks(page) if block.strip() != LEFT_OUT]

    ended = [(block, run(block, environment)) for block in chosen]

    assert len(chosen) >= 3
    failed = [(block, one.stdout[-2000:], one.stderr) for block, one in ended if one.returncode]
    assert failed == []
    assert figures(ended[0][1].stdout) == figures(page)
