"""SQL of a service is in its `queries.py` and `writes.py`, where one looks for it. The `select` of
a list is in its `ListOf`, and a table's own conditions are in `models.py`.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from kvitt_contracts.topics import SERVICES

ROOT = Path(__file__).parents[2]
MAKERS = {"select", "text", "insert", "update", "delete", "union", "union_all"}
"""What sqlalchemy makes a statement by."""
FREE = {"queries.py", "writes.py", "models.py"}
MODULES = [
    file
    for service in SERVICES
    for file in sorted((ROOT / "services" / service / service).rglob("*.py"))
    if file.name not in FREE
]


def statements(source: str) -> list[str]:
    """What a module does with SQL, by line: statements that it makes outside a `ListOf`, and its
    uses of a session.
    """
    tree = ast.parse(source)
    made = dict(_names_of_makers(tree))
    of_lists = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "ListOf"
        for argument in node.args
        for inner in ast.walk(argument)
    }
    return [
        f"{node.lineno}: {ast.unparse(node)}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Name | ast.Attribute) and id(node) not in of_lists
        if ast.unparse(node) in made or getattr(node, "attr", "") == "session"
    ]


def _names_of_makers(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """The names by which a module calls what makes a statement."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy"):
            for one in node.names:
                name = one.asname or one.name
                if one.name in MAKERS:
                    yield name, one.name
                for maker in MAKERS:  # a module of sqlalchemy
                    yield f"{name}.{maker}", maker
        if isinstance(node, ast.Import):
            for one in node.names:
                if one.name.startswith("sqlalchemy"):
                    for maker in MAKERS:
                        yield f"{one.asname or one.name}.{maker}", maker


@pytest.mark.parametrize("module", MODULES, ids=lambda file: str(file.relative_to(ROOT)))
def test_sql_is_where_one_looks_for_it(module: Path) -> None:
    assert statements(module.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "from sqlalchemy import select\nQUERY = select(Row)",
        "from sqlalchemy import text as sql\nQUERY = sql('SELECT 1')",
        "from sqlalchemy.dialects.postgresql import insert\ninsert(Row)",
        "from sqlalchemy.dialects import postgresql\npostgresql.insert(Row)",
        "import sqlalchemy as sa\nsa.update(Row)",
        "import sqlalchemy\nfind = sqlalchemy.select",
        "from sqlalchemy import select\nLISTED = named(select(Row))",
        "async def read(tx):\n    return await tx.session.get(Row, 1)",
        "async def read(tx):\n    session = tx.session",
    ],
)
def test_a_statement_elsewhere_is_seen(source: str) -> None:
    assert statements(source)


def test_the_select_of_a_list_is_no_look_up() -> None:
    source = "from sqlalchemy import select\nROWS = ListOf(select(Row).join(Other), view=View.of)"

    assert statements(source) == []
