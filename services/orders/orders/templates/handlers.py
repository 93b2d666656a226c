"""Handlers of templates: saved anew, and removed once empty (ORD-9)."""

from collections.abc import Iterable

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.orders import SaveTemplate
from kvitt_contracts.types import Reference, TemplateId

from orders.articles.models import ArticleRow
from orders.message_subject import subject_as
from orders.templates import domain
from orders.templates.commands import SaveNamedTemplate
from orders.templates.models import TemplateNameRow, TemplateRow
from orders.units.models import UserRow
from orders.units.queries import user_key, user_named

messages = Handlers()

Saved = SaveTemplate | SaveNamedTemplate


def _locked(command: Saved, tx: Transaction) -> Iterable[RowKey]:
    return [(TemplateRow, tx.target("template"))]


def _read(command: Saved, tx: Transaction) -> Iterable[RowKey]:
    yield UserRow, user_key(command.by, tx)
    yield TemplateNameRow, tx.target("template")
    for line in command.lines:
        yield ArticleRow, line.article_number


@messages.command(SaveTemplate, loads=_locked, reads=_read)
async def save_template(command: SaveTemplate, tx: Transaction) -> None:
    """Save a template that is called as the region refers to it; without lines it is removed
    (ORD-9).

    Refused: INVALID_SUBJECT (contract), UNKNOWN_USER (REF-3), UNKNOWN_ARTICLE, TEMPLATE_IS_EMPTY,
    STORE_DELIVERS_NOTHING, ARTICLE_TWICE, SERVICE_IS_NOT_STOCKED (ORD-9),
    CONTRIBUTION_IS_NEVER_STOCKED (INV-16).
    """
    await _save(command, str(subject_as(Reference, tx.subject)), tx)


@messages.command(SaveNamedTemplate, loads=_locked, reads=_read)
async def save_named_template(command: SaveNamedTemplate, tx: Transaction) -> None:
    """Save a template under a name; without lines it is removed (ORD-9).

    Refused: UNKNOWN_USER (REF-3), UNKNOWN_ARTICLE, TEMPLATE_IS_EMPTY, STORE_DELIVERS_NOTHING,
    ARTICLE_TWICE, SERVICE_IS_NOT_STOCKED (ORD-9), CONTRIBUTION_IS_NEVER_STOCKED (INV-16).
    """
    await _save(command, command.name, tx)


async def _save(command: Saved, name: str, tx: Transaction) -> None:
    template_id = TemplateId(tx.target("template"))
    by = await user_named(command.by, tx, field="by")
    articles = {}
    for number, line in enumerate(command.lines):
        field = f"lines.{number}.article_number"
        row = await tx.get(ArticleRow, line.article_number, rule="ORD-9", field=field)
        articles[line.article_number] = row.article()
    known = await tx.find(TemplateRow, template_id)
    saved = domain.save(
        template_id,
        known.state() if known else None,
        store=command.store,
        lines=command.lines,
        articles=articles,
        by=by.user_id,
        policy=tx.policy,
    )
    if saved:
        tx.record_at(TemplateRow, template_id, *saved)
    called = await tx.look_up(TemplateNameRow, template_id)
    if called is None:
        tx.put(TemplateNameRow(region=tx.region, template_id=template_id, name=name))
    elif command.lines:
        called.name = name
