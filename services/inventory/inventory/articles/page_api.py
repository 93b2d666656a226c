"""An article's page over HTTP: its files and its supplier's words (INV-2a). No rule here."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Final
from urllib.parse import unquote
from uuid import UUID

from fastapi import Header, Request, Response
from fastapi.responses import StreamingResponse
from kvitt_chassis.http import ApiRouter, Commands, NotFound, Reader, RegionWide
from kvitt_chassis.transaction import Transaction
from kvitt_chassis.web.problems import Busy
from kvitt_chassis.web.reading import Looking
from kvitt_chassis.web.streaming import Streamed, file_response, read_to_its_end
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import ArticleNumber, identify
from kvitt_files.store import NoSuchFile, StoreUnavailable
from kvitt_files.taking_in import Empty, Intake, OtherThanSaid, TakenIn, TooLarge

from inventory.article_files import domain, writes
from inventory.article_files.commands import HideFile, KeepFile, ShowFile, TellInformation
from inventory.article_files.models import ArticleFileRow, ArticleInformationRow
from inventory.article_files.store import files, settings
from inventory.article_files.views import (
    ArticleFileView,
    InformationBody,
    InformationView,
    ShowBody,
)
from inventory.articles.queries import (
    ARTICLES_SCOPE,
    articles_numbered,
    show_article_row,
    within_areas,
)

streams = ApiRouter(tags=["Artiklar"], streams=True)
router = ApiRouter(tags=["Artiklar"])

_FILES = RegionWide(ArticleFileRow.region, because="the catalogue is the region's")
_BODY: Final = {"schema": {"type": "string", "format": "binary"}}


@streams.post(
    "/articles/{article_number}/files",
    status_code=201,
    openapi_extra={
        "requestBody": {"required": True, "content": dict.fromkeys(domain.TAKEN, _BODY)}
    },
)
async def add_file(
    article_number: ArticleNumber,
    request: Request,
    looker: Looking,
    reader: Reader,
    streamed: Streamed,
    x_filename: Annotated[
        str, Header(description="Filens namn, procentkodat: `Bruksanvisning%20B%C3%A5l.pdf`")
    ],
) -> ArticleFileView:
    """Skicka in en bild av en artikel, eller ett dokument om den (INV-2): PNG, JPEG eller PDF,
    högst 25 MB om inget annat är inställt. Kroppen är filen själv, och Content-Type säger vad den
    är. Visa den sedan; annars tas den bort efter ett dygn.

    Nekas: UNKNOWN_ARTICLE, TYPE_NOT_TAKEN, NAME_NOT_USABLE, PERSONAL_NUMBER_IN_NAME,
    NAME_SAYS_OTHER_TYPE, NOT_WHAT_IT_SAYS, TOO_LARGE, EMPTY (INV-2).
    """
    by = looker.caller.user_id
    try:
        said = domain.media_type_of(request.headers.get("content-type", ""))
        name = domain.cleaned(unquote(x_filename), media_type=said)
        await show_article_row(reader, article_number)
        async with looker.looking() as tx:
            row = writes.begin(article_number, name, said, by, tx)
            file_id, key = row.file_id, row.key
        found = await _take_in(request, key, said=said)
    except (Refused, NotFound):
        await read_to_its_end(request)
        raise
    commands = await streamed.commands(f"{said} {name} {found.sha256}".encode())
    command = KeepFile(size=found.size, sha256=found.sha256)
    return await commands.run(
        command,
        target=file_id,
        named=identify(commands.caller.region, "article", article_number),
        scope=ARTICLES_SCOPE,
        rule=domain.RULE,
        show=_show(file_id),
    )


@router.post("/article-files/{file_id}:show")
async def show_file(file_id: UUID, body: ShowBody, commands: Commands) -> ArticleFileView:
    """Visa en fil på artikelns sida, eller visa den igen efter att den togs bort (INV-2).

    Nekas: UNKNOWN_ARTICLE_FILE, TOO_MANY, DESCRIPTION_MISSING, PERSONAL_NUMBER_IN_TEXT (INV-2).
    """
    command = ShowFile(description=body.description)
    return await commands.run(
        command, target=file_id, scope=_FILES, rule=domain.RULE, show=_show(file_id)
    )


@router.post("/article-files/{file_id}:hide")
async def hide_file(file_id: UUID, commands: Commands) -> ArticleFileView:
    """Ta bort en fil från artikelns sida (INV-2). Inom ett dygn kan den visas igen.

    Nekas: UNKNOWN_ARTICLE_FILE (INV-2).
    """
    return await commands.run(
        HideFile(), target=file_id, scope=_FILES, rule=domain.RULE, show=_show(file_id)
    )


@router.put("/articles/{article_number}/information")
async def tell_information(
    article_number: ArticleNumber, body: InformationBody, reader: Reader, commands: Commands
) -> InformationView:
    """Skriv vad leverantören berättar om en artikel (INV-2): text, en länk, eller inget.

    Nekas: UNKNOWN_ARTICLE, PERSONAL_NUMBER_IN_TEXT, LINK_NOT_USABLE (INV-2).
    """
    await show_article_row(reader, article_number)
    command = TellInformation(
        article_number=article_number, by=commands.caller.user_id, **body.model_dump()
    )

    async def show(tx: Transaction) -> InformationView:
        return InformationView.of(await tx.get(ArticleInformationRow, article_number))

    return await commands.run(
        command,
        named=identify(commands.caller.region, "article", article_number),
        scope=ARTICLES_SCOPE,
        rule=domain.RULE,
        show=show,
    )


@router.get("/article-files/{file_id}", response_class=StreamingResponse)
async def read_file(file_id: UUID, reader: Reader) -> Response:
    """En bild av en artikel eller ett dokument om den, för alla som ser artikeln (INV-2).

    Nekas: UNKNOWN_ARTICLE_FILE, FILE_GONE (INV-2).
    """
    row = await reader.look_up(ArticleFileRow, file_id)
    if row is None or not row.is_shown:
        raise NotFound("article_file", rule=domain.RULE)
    if not await articles_numbered(reader, [row.article_number], *await within_areas(reader)):
        raise NotFound("article_file", rule=domain.RULE)
    try:
        kept = await files().get(row.key)
    except NoSuchFile:
        raise domain.gone() from None
    except StoreUnavailable:
        raise Busy(status=503, reason="FILES_UNAVAILABLE") from None
    return file_response(
        kept.pieces,
        name=row.name,
        media_type=row.media_type,
        size=kept.size,
        shown="inline",
    )


async def _take_in(request: Request, key: str, *, said: str) -> TakenIn:
    limit = settings().max_bytes
    intake = Intake(request.stream(), said=said, limit=limit)
    try:
        await files().put(key, intake)
    except TooLarge:
        raise domain.too_large(limit) from None
    except OtherThanSaid:
        raise domain.not_what_it_says() from None
    except Empty:
        raise domain.empty() from None
    except StoreUnavailable:
        raise Busy(status=503, reason="FILES_UNAVAILABLE") from None
    return intake.taken_in


def _show(file_id: UUID) -> Callable[[Transaction], Awaitable[ArticleFileView]]:
    async def show(tx: Transaction) -> ArticleFileView:
        return ArticleFileView.of(await tx.get(ArticleFileRow, file_id))

    return show
