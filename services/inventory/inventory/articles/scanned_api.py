"""Articles by a scanned code over HTTP (INV-2i). No rule here."""

from typing import Annotated

from kvitt_chassis.http import ApiRouter, Body, Reader
from pydantic import BaseModel, Field

from inventory.articles.api import ArticleLine
from inventory.articles.queries import articles_scanned, within_areas
from inventory.scanning import domain as scanning

router = ApiRouter(tags=["Artiklar"])


class FindArticles(Body):
    """Koden som är skannad."""

    code: Annotated[
        str,
        Field(
            min_length=1,
            max_length=scanning.LONGEST,
            description="Skannad kod: GS1 (elementsträng, läsbar text eller länk i en QR-kod), en "
            "streckkod med GTIN, eller ett nummer som det står",
        ),
    ]


class ScannedArticles(BaseModel):
    """Artiklarna som koden nämner, och vad den säger mer."""

    items: list[ArticleLine]
    number: Annotated[
        str | None, Field(description="Koden som den står, när den kan vara ett nummer")
    ] = None
    serial_number: Annotated[str | None, Field(description="Serienummer")] = None
    order_number: Annotated[str | None, Field(description="Beställningens nummer hos oss")] = None


# decision 0501: the article is told apart from the device, and from what comes
@router.post("/articles:find")
async def find_articles(body: FindArticles, reader: Reader) -> ScannedArticles:
    """Artikeln som en skannad kod nämner med sitt GTIN eller sitt nummer, bland dem som du ser, och
    det serienummer eller ordernummer som står i koden (INV-2). Inget Idempotency-Key behövs.

    Nekas: UNREADABLE_CODE (INV-5).
    """
    said = scanning.read_of_goods(body.code)
    rows = await articles_scanned(reader, said, *await within_areas(reader))
    return ScannedArticles(
        items=[ArticleLine.of(row) for row in rows],
        number=said.number if said.serial is None else None,
        serial_number=said.serial,
        order_number=said.order,
    )
