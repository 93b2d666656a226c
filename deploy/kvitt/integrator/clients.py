"""The quick starts: a first program in each language, and how it is run. The programs lie in
`docs/integrators/quickstart`.
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import kvitt
from kvitt.integrator.connection import ConnectionFiles
from kvitt.local.problems import LocalProblem

FOLDER = Path(kvitt.__file__).parents[2] / "docs" / "integrators" / "quickstart"
ORDER = FOLDER / "order.json"


class Client(StrEnum):
    """The languages that have a quick start."""

    PYTHON = "python"
    NODE = "node"
    JAVA = "java"
    GO = "go"
    CURL = "curl"


# decision 0557: a first program is run by a test
_FILES = {
    Client.PYTHON: "first_order.py",
    Client.NODE: "first_order.mjs",
    Client.JAVA: "src/main/java/FirstOrder.java",
    Client.GO: "main.go",
    Client.CURL: "first_order.sh",
}
PREPARE: dict[Client, tuple[str, ...]] = {
    Client.PYTHON: ("python3 -m venv .venv", ".venv/bin/pip install --quiet confluent-kafka"),
    Client.NODE: ("npm install --silent",),
    Client.JAVA: ("mvn --quiet --batch-mode package",),
    Client.GO: ("go build -o first-order .",),
    Client.CURL: (),
}
START = {
    Client.PYTHON: ".venv/bin/python first_order.py ../order.json",
    Client.NODE: "node first_order.mjs ../order.json",
    Client.JAVA: "java -jar target/first-order.jar ../order.json",
    Client.GO: "./first-order ../order.json",
    Client.CURL: "sh first_order.sh ../order.json",
}
"""What each is started with, in its own folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuickStart:
    """A first program, and the lines of a shell that run it."""

    client: Client
    directory: Path
    file: Path
    program: str
    run: tuple[str, ...]


def quick_start(client: Client, files: ConnectionFiles) -> QuickStart:
    """That of a language. Raises LocalProblem where the repository's pages are not here."""
    directory = FOLDER / client.value
    file = directory / _FILES[client]
    if not file.exists():
        raise LocalProblem(
            f"There is no {file}.",
            remedy="The quick starts lie in the repository, docs/integrators/quickstart.",
        )
    run = (f". {files.environment}", f"cd {directory}", *PREPARE[client], START[client])
    return QuickStart(
        client=client,
        directory=directory,
        file=file,
        program=file.read_text(encoding="utf-8"),
        run=run,
    )
