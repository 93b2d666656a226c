"""From data to the bytes of a PDF: tagged, PDF/UA-1 and PDF/A-3a in one, the same bytes anywhere.

Knows no kind of document: `invoices.py` says what is in one.
"""

import asyncio
import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from kvitt_documents.showing import FONTS, shown

if TYPE_CHECKING:
    import typst

TEMPLATES = Path(__file__).with_name("templates")
MAX_ROWS = 2_000
"""Two seconds' work; an event of 256 KiB, as an invoice is published, has fewer lines."""

Data = Mapping[str, Any]
"""Texts, numbers, and lists and mappings of them: what JSON can say."""


class DocumentError(Exception):
    """A document could not be made. Names the template and the reason, and nothing of the data."""


class DocumentTooLarge(DocumentError):
    """A document has a table of more than `MAX_ROWS` rows."""


class Document(Protocol):
    """What a document is made of: its template's name, its day of issue, and what it shows."""

    @property
    def template(self) -> str: ...
    @property
    def issued_on(self) -> date: ...
    def data(self) -> Data: ...


async def print_document(document: Document) -> bytes:
    """As `render`, off the event loop: one document at a time in a process."""
    return await asyncio.get_running_loop().run_in_executor(_PRINTER, render, document)


def render(document: Document) -> bytes:
    """The bytes of the document's PDF: the same for the same template and data, anywhere.

    Every text of the data is shown as text, whatever it says (`showing.shown`); nothing but the
    package's own templates and fonts is read. Raises DocumentTooLarge, DocumentError.
    """
    given = inputs(document)
    pdf = _compile(document.template, given, issued_on=document.issued_on)
    _forget(len(given["data"]) // _FORGOTTEN_BY)
    return pdf


def inputs(document: Document) -> dict[str, str]:
    """What the template gets: the document's data as JSON, each text as it can be shown. Raises
    DocumentTooLarge.
    """
    return {"data": json.dumps(_shown(document.data(), template=document.template))}


# decision 0250: a template gets data, and reads nothing else
def _compile(template: str, given: dict[str, str], *, issued_on: date) -> bytes:
    import typst  # 25 MiB, of use to a process that prints

    file = TEMPLATES / f"{template}.typ"
    if not file.is_file():
        raise DocumentError(f"{template}: there is no such template")
    try:
        return typst.compile(
            file,
            root=TEMPLATES,
            font_paths=fonts(),
            sys_inputs=given,
            pdf_standards=["ua-1", "a-3a"],
            timestamp=datetime.combine(issued_on, time(), UTC),
        )
    except typst.TypstError:
        # its text may repeat what the document says of a person
        raise DocumentError(f"{template}: it cannot be made of this data") from None
    except BaseException as error:
        if type(error).__name__ != _PANIC:
            raise
        raise DocumentError(f"{template}: typst ended in the middle of it") from None


# decision 0483: what typst has worked out is of no use to the next document
def _forget(documents: int) -> None:
    """Let typst forget sooner what it has worked out: it remembers the last ten documents, which a
    month of long invoices would make of half a gigabyte.
    """
    import typst

    for _ in range(min(documents, _REMEMBERED)):
        typst.compile(b"", font_paths=fonts())


@cache
def fonts() -> "typst.Fonts":
    """The package's own, and no other."""
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])


def _shown(value: Any, *, template: str) -> Any:
    """The value with each text in it as a document shows it. Raises DocumentTooLarge."""
    match value:
        case str():
            return shown(value)
        case Mapping():
            return {name: _shown(one, template=template) for name, one in value.items()}
        case list() | tuple():
            if len(value) > MAX_ROWS:
                raise DocumentTooLarge(f"{template}: more than {MAX_ROWS} rows")
            return [_shown(one, template=template) for one in value]
        case _:
            return value


_PANIC = "PanicException"
"""How a fault of typst itself comes: no Exception, so nobody else would catch it, and of a class
that no module has: it can be known by its name alone.
"""

_FORGOTTEN_BY = 10_000
"""So many characters of data count as a document more."""
_REMEMBERED = 10

_PRINTER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="documents")
"""One thread, and so one document at a time: memory is bounded by the largest one."""
