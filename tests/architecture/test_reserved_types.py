"""Reserved types (decision 0170): each has its place, and nothing reads or emits one yet."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from billing.app import service as billing
from bmb.app import service as bmb
from inventory.app import service as inventory
from kvitt_chassis.service import Service
from kvitt_contracts import coming
from kvitt_contracts.topic import Topic
from kvitt_contracts.topics import CATALOGUE, COMING, SERVICES, catalogue
from notifications.app import service as notifications
from orders.app import service as orders

ROOT = Path(__file__).parents[2]
ALL = (*CATALOGUE, *coming.TOPICS)
BUILT = [orders, bmb, inventory, billing, notifications]
NAMES = {message.__name__ for message in COMING}
MODULES = sorted(
    path for service in SERVICES for path in (ROOT / "services" / service / service).rglob("*.py")
)


def test_what_is_reserved_is_not_in_use() -> None:
    in_use = {message for topic in CATALOGUE for message in topic.types}

    assert COMING
    assert not COMING & in_use


@pytest.mark.parametrize("service", BUILT, ids=lambda one: one.name)
def test_a_reserved_type_has_no_handler(service: Service) -> None:
    """What is built leaves the reserve: with its producer and every reader's handler."""
    assert not COMING & set(service.handlers.messages)


@pytest.mark.parametrize("service", SERVICES)
def test_a_process_pays_for_nothing_that_it_does_not_use(service: str) -> None:
    """In a process of its own: other tests have used what they look for."""
    started = f"""
import sys
import kvitt_chassis.operating.process, {service}.app
from kvitt_contracts.topics import COMING
built = [one.__name__ for one in COMING if one.__pydantic_complete__]
unused = ["httpx", "opentelemetry.exporter", "typst", "alembic", "kvitt_contracts.generate"]
print(built, [name for name in unused if name in sys.modules])
"""

    done = subprocess.run(
        [sys.executable, "-c", started], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[] []"


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_reserved_type_has_no_producer(module: Path) -> None:
    taken = set(_taken_from_contracts(ast.parse(module.read_text(encoding="utf-8"))))

    assert not taken & NAMES


def test_the_search_for_producers_finds_what_it_looks_for() -> None:
    imports = "from kvitt_contracts import orders\nfrom kvitt_contracts.inventory import LinesKept"
    tree = ast.parse(f"{imports}\norders.OrderLineVoidRefused()\nother.StocktakingOpened()")

    assert set(_taken_from_contracts(tree)) & NAMES == {"LinesKept", "OrderLineVoidRefused"}


def test_a_topic_without_a_type_in_use_is_on_no_broker_and_read_by_nobody() -> None:
    for topic in coming.TOPICS:  # there may be none
        assert topic.types == ()
        assert topic.coming
        assert topic.name not in {one.name for one in CATALOGUE}
        assert topic.name.replace("<code>", "ac") not in {one.name for one in catalogue(["ac"])}


@pytest.mark.parametrize("topic", ALL, ids=lambda topic: topic.name)
def test_readers_to_come_are_other_services_that_do_not_read_it_yet(topic: Topic) -> None:
    assert topic.consumers_to_come <= set(SERVICES) - {topic.owner} - topic.consumers
    assert not topic.consumers_to_come & topic.readers


def _taken_from_contracts(tree: ast.AST) -> Iterator[str]:
    """Names that a module imports from the contracts, and what it takes by `orders.Name`."""
    modules: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("kvitt_contracts"):
            yield from (alias.name for alias in node.names)
            modules |= {alias.asname or alias.name for alias in node.names}
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr=attribute) if name in modules:
                yield attribute
