"""Templates over HTTP (ORD-9). No rule here."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import Query
from kvitt_chassis.filters import Contains, Where
from kvitt_chassis.http import (
    ApiRouter,
    Body,
    Commands,
    ListOf,
    ListQuery,
    Page,
    Reader,
    RegionReader,
    RegionWide,
    named,
)
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import ArticleNumber, Goods, StoreId, TemplateId
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, and_, func, select

from orders.templates.commands import SaveNamedTemplate, TemplateName
from orders.templates.models import TemplateNameRow, TemplateRow

router = ApiRouter(tags=["Mallar"])


class TemplateBody(Body):
    """En mall för lagerpåfyllnad. Sparas den utan rader tas den bort (ORD-9)."""

    name: Annotated[TemplateName, Field(description="Vad mallen heter", examples=["Veckan"])]
    store: Annotated[StoreId, Field(description="Lagret som levererar", examples=["500"])]
    lines: Annotated[
        tuple[Goods, ...], Field(max_length=200, description="Artiklar och antal; inga: tas bort")
    ] = ()


class TemplateView(BaseModel):
    """En mall för lagerpåfyllnad: artiklar och antal att beställa, hela eller ändrade (ORD-9)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "template_id": "b93f5dba-b944-5f95-bbb9-4a806165dd8c",
                    "name": "Veckans påfyllnad",
                    "store": "500",
                    "lines": [{"article_number": "30457", "quantity": 10}],
                    "removed": False,
                }
            ]
        }
    )

    template_id: TemplateId
    name: str
    store: Annotated[StoreId, Field(description="Lagret som levererar")]
    lines: tuple[Goods, ...]
    removed: Annotated[bool, Field(description="Sant när den är tom, och borttagen")]

    @classmethod
    def of(cls, row: TemplateRow, name: str) -> "TemplateView":
        """The view of a template and its name."""
        return cls(
            template_id=TemplateId(row.id),
            name=name,
            store=row.store,
            lines=row.lines,
            removed=row.state().is_removed,
        )


def _is_called(words: str, _: RegionReader) -> ColumnElement[bool]:
    return func.lower(TemplateNameRow.name).contains(words.lower(), autoescape=True)


class TemplateQuery(ListQuery):
    """Which templates."""

    query: Annotated[str | None, Where(_is_called, "En del av namnet"), Field(max_length=80)] = None
    article_number: Annotated[
        ArticleNumber | None, Contains(TemplateRow.lines, "Artikel", member="article_number")
    ] = None


TEMPLATES = ListOf(
    select(TemplateRow, TemplateNameRow.name)
    .join(
        TemplateNameRow,
        and_(
            TemplateNameRow.region == TemplateRow.region,
            TemplateNameRow.template_id == TemplateRow.id,
        ),
    )
    .where(func.jsonb_array_length(TemplateRow.lines) > 0),
    scope=RegionWide(TemplateRow.region, because="ORD-9: all see all templates", begins=True),
    sorts=named(TemplateNameRow.name),
    default="name",
    view=lambda row: TemplateView.of(row[0], row[1]),
)


@router.get("/templates")
async def list_templates(
    reader: Reader, asked: Annotated[TemplateQuery, Query()]
) -> Page[TemplateView]:
    """Mallar för lagerpåfyllnad. Alla ser alla (ORD-9)."""
    return await TEMPLATES.page(asked, reader)


@router.get("/templates/{template_id}")
async def show_template(template_id: UUID, reader: Reader) -> TemplateView:
    """En mall: den ifyllda beställningen, vars rader väljs och vars antal ändras (ORD-9)."""
    row, name = await reader.one(
        TEMPLATES.rows.where(TemplateRow.id == template_id), noun="template", rule="ORD-9"
    )
    return TemplateView.of(row, name)


@router.post("/templates", status_code=201)
async def begin_template(body: TemplateBody, commands: Commands) -> TemplateView:
    """Spara en ny mall (ORD-9).

    Nekas: UNKNOWN_USER (REF-3), UNKNOWN_ARTICLE, TEMPLATE_IS_EMPTY, STORE_DELIVERS_NOTHING,
    ARTICLE_TWICE, SERVICE_IS_NOT_STOCKED (ORD-9), CONTRIBUTION_IS_NEVER_STOCKED (INV-16).
    """
    template_id = uuid4()
    command = SaveNamedTemplate(by=commands.caller.user_id, **dict(body))
    return await commands.run(command, target=template_id, show=_show(template_id))


@router.put("/templates/{template_id}")
async def save_template(template_id: UUID, body: TemplateBody, commands: Commands) -> TemplateView:
    """Ändra en mall, eller spara en ny under ett eget id. Utan rader tas den bort (ORD-9).

    Nekas: UNKNOWN_USER (REF-3), UNKNOWN_ARTICLE, TEMPLATE_IS_EMPTY, STORE_DELIVERS_NOTHING,
    ARTICLE_TWICE, SERVICE_IS_NOT_STOCKED (ORD-9), CONTRIBUTION_IS_NEVER_STOCKED (INV-16).
    """
    command = SaveNamedTemplate(by=commands.caller.user_id, **dict(body))
    return await commands.run(
        command,
        target=template_id,
        scope=TEMPLATES.scope,
        rule="ORD-9",
        show=_show(template_id),
    )


def _show(template_id: UUID) -> Callable[[Transaction], Awaitable[TemplateView]]:
    async def show(tx: Transaction) -> TemplateView:
        row = await tx.get(TemplateRow, template_id)
        called = await tx.get(TemplateNameRow, TemplateId(template_id))
        return TemplateView.of(row, called.name)

    return show
