"""The process that runs tests: what is not ours is imported once, each run is a fork of it.

`python -m tests.mutants.warm`, in a copy. Takes orders on standard input, a line of JSON each
(`arguments` of pytest, `log`, a file for what it prints), and answers with two lines: the run's
process id, and, when it has ended, its status. Imports nothing of ours but this.
"""

import gc
import json
import os
import sys
from importlib import import_module
from typing import Any

import pytest

FOREIGN = (
    "aiokafka",
    "aiokafka.admin",
    "alembic.config",
    "alembic.script",
    "asyncpg",
    "confluent_kafka.admin",
    "cryptography.fernet",
    "fastapi",
    "faststream.kafka",
    "holidays",
    "httpx",
    "hypothesis",
    "jwt",
    "opentelemetry.sdk.trace",
    "prometheus_client",
    "psycopg",
    "pydantic_settings",
    "pytest_asyncio.plugin",
    "sqlalchemy.ext.asyncio",
    "sqlalchemy.orm",
    "typst",
    "uvicorn",
)


def main() -> None:
    """Serve until standard input ends."""
    for name in FOREIGN:
        import_module(name)
    gc.freeze()
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            sys.exit(_run(order))
        _answer(child)
        _answer(os.waitpid(child, 0)[1])


def _run(order: dict[str, Any]) -> int:
    os.setsid()
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for mine, instead in ((0, nothing), (1, log), (2, log)):
        os.dup2(instead, mine)
    return int(pytest.main(order["arguments"]))


def _answer(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
