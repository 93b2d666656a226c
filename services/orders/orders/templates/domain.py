"""The rules of replenishment templates (ORD-9). No clock, no database, no log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from kvitt_contracts.orders import TemplateEvent, TemplateRemoved, TemplateSaved
from kvitt_contracts.policy import RegionPolicy
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import (
    ArticleNumber,
    ArticleType,
    Goods,
    StoreId,
    TemplateId,
    UserId,
)

from orders.articles.domain import Article


class Reason(StrEnum):
    """Why a template is not saved."""

    ARTICLE_TWICE = "ARTICLE_TWICE"
    CONTRIBUTION_IS_NEVER_STOCKED = "CONTRIBUTION_IS_NEVER_STOCKED"
    SERVICE_IS_NOT_STOCKED = "SERVICE_IS_NOT_STOCKED"
    STORE_DELIVERS_NOTHING = "STORE_DELIVERS_NOTHING"
    TEMPLATE_IS_EMPTY = "TEMPLATE_IS_EMPTY"


class TemplateRefused(Refused):
    """A refusal by a rule of templates; `reason` is one of Reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A list of articles and quantities, and the store that delivers. A removed one has no lines;
    its name is stored beside.
    """

    store: StoreId
    lines: tuple[Goods, ...]

    @property
    def is_removed(self) -> bool:
        """True once it is empty (ORD-9)."""
        return not self.lines


def save(
    template_id: TemplateId,
    template: Template | None,
    *,
    store: StoreId,
    lines: tuple[Goods, ...],
    articles: Mapping[ArticleNumber, Article],
    by: UserId,
    policy: RegionPolicy,
) -> tuple[TemplateSaved | TemplateRemoved, ...]:
    """Save a template anew; without lines it is removed (ORD-9). No event: it says so already.

    `articles` has each line's article. Raises TemplateRefused (ORD-9): a new one without lines, a
    store that delivers to no other, an article on two lines, a service.
    """
    if not lines:
        return _remove(template_id, template, by=by)
    if store != policy.stores.central:
        raise TemplateRefused(
            Reason.STORE_DELIVERS_NOTHING,
            rule="ORD-9",
            field="store",
            way_on="Ange centrallagret: det är därifrån som förråd fylls på.",
            central=policy.stores.central,
        )
    _check_lines(lines, articles)
    if template is not None and (template.store, template.lines) == (store, lines):
        return ()
    return (TemplateSaved(template_id=template_id, store=store, lines=lines, by=by),)


def evolve(template: Template | None, event: TemplateEvent) -> Template:
    """Returns the state after an event. Raises ValueError for a removal before it is saved."""
    if isinstance(event, TemplateSaved):
        return Template(store=event.store, lines=event.lines)
    if template is None:
        raise ValueError(f"{event.wire_type} before the template is saved")
    return replace(template, lines=())


def _remove(
    template_id: TemplateId, template: Template | None, *, by: UserId
) -> tuple[TemplateRemoved, ...]:
    if template is None:
        raise TemplateRefused(
            Reason.TEMPLATE_IS_EMPTY,
            rule="ORD-9",
            field="lines",
            way_on="Lägg till minst en artikel. En mall som sparas utan rader tas bort.",
        )
    return () if template.is_removed else (TemplateRemoved(template_id=template_id, by=by),)


def _check_lines(lines: Sequence[Goods], articles: Mapping[ArticleNumber, Article]) -> None:
    seen: set[ArticleNumber] = set()
    for number, line in enumerate(lines):
        field = f"lines.{number}.article_number"
        if line.article_number in seen:
            raise TemplateRefused(
                Reason.ARTICLE_TWICE,
                rule="ORD-9",
                field=field,
                way_on="Artikeln står på två rader. Ta bort den ena och ändra antalet.",
            )
        seen.add(line.article_number)
        if articles[line.article_number].type is ArticleType.SERVICE:
            raise TemplateRefused(
                Reason.SERVICE_IS_NOT_STOCKED,
                rule="ORD-9",
                field=field,
                way_on="En tjänst finns inte i förråd. Ta bort raden.",
            )
        if articles[line.article_number].is_contribution:
            raise TemplateRefused(
                Reason.CONTRIBUTION_IS_NEVER_STOCKED,
                rule="INV-16",
                field=field,
                way_on="Ett bidrag lagerförs inte. Ta bort raden.",
            )
