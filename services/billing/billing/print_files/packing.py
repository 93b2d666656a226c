"""A ZIP file made piece by piece: whoever is sent it gets each document as it is packed."""

import csv
import io
from collections.abc import AsyncIterable, AsyncIterator, Sequence
from datetime import date
from typing import Final
from zipfile import ZipFile, ZipInfo

from billing.print_files.domain import COLUMNS, Paper

LIST: Final = "list.csv"


async def packed(
    papers: Sequence[Paper], documents: AsyncIterable[tuple[Paper, bytes]]
) -> AsyncIterator[bytes]:
    """The file: first its list, then each document by itself."""
    out = _Out()
    with ZipFile(out, "w") as file:
        day = papers[0].issued_on if papers else date(1980, 1, 1)
        file.writestr(_entry(LIST, day), _list_of(papers))
        yield out.taken()
        async for paper, content in documents:
            file.writestr(_entry(paper.file, paper.issued_on), content)
            yield out.taken()
    yield out.taken()


def _list_of(papers: Sequence[Paper]) -> str:
    written = io.StringIO()
    rows = csv.writer(written, delimiter=";")
    rows.writerow(COLUMNS)
    rows.writerows(["" if one is None else str(one) for one in paper.listed()] for paper in papers)
    return written.getvalue()


def _entry(name: str, day: date) -> ZipInfo:
    # of the day of issue, so that who fetches it again gets the same bytes; a PDF is packed already
    return ZipInfo(name, (day.year, day.month, day.day, 0, 0, 0))


class _Out(io.RawIOBase):
    """Where a file is written that is taken away while it is."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, content: "bytes | bytearray | memoryview") -> int:  # type: ignore[override]
        self._parts.append(bytes(content))
        return len(content)

    def taken(self) -> bytes:
        """What was written since this was asked last."""
        parts, self._parts = self._parts, []
        return b"".join(parts)
