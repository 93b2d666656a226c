"""Of part `invoicing`: how long the documents of one payer take, as paper and as electronic ones,
and how long a line's explanation takes in a client's eyes.
"""

from collections.abc import Sequence
from datetime import date
from time import monotonic

from kvitt_documents import rendering
from kvitt_documents.invoices import InvoiceDocument, InvoiceLine, Sum
from kvitt_documents.peppol import Bill, BillLine, Party, VatSum, write
from kvitt_documents.rendering import render

from tests.bench.load import REGION
from tests.bench.machine import percentile, tell
from tests.bench.report import Table
from tests.bench.system import World

LINES, LINES_QUICKLY = 20_000, 1_000
_A_DOCUMENT = 500  # so many lines a run puts on one
_PDF_SECONDS, _XML_SECONDS, _EXPLAIN_MS = 30, 5, 50
_STAFF = "kundtjanst1"
_FIRST, _LAST, _ISSUED = date(2026, 5, 1), date(2026, 5, 31), date(2026, 6, 1)
_DAY_RENT = 31_007

_LINES = """
    WITH seeded AS MATERIALIZED (SELECT setseed(0.17)),
    numbered AS MATERIALIZED (
        SELECT id, jsonb_array_length(lines) AS lines FROM invoices, seeded
        WHERE region = %s AND month = %s ORDER BY number
    ),
    picked AS MATERIALIZED (SELECT id, 1 + floor(random() * lines)::int AS n FROM numbered)
    SELECT id::text, n FROM picked ORDER BY random() LIMIT %s
"""


def documents(*, lines: int) -> Table:
    """So many lines of one payer: their PDFs, and their UBL, one document after the other."""
    shares = [range(n, min(n + _A_DOCUMENT, lines)) for n in range(0, lines, _A_DOCUMENT)]
    tell(f"{len(shares)} documents of {lines:,} lines")
    begun = monotonic()
    printed = [len(render(_paper(share))) for share in shares]
    pdf = monotonic() - begun
    begun = monotonic()
    written = [len(write(_bill(share))) for share in shares]
    xml = monotonic() - begun
    begun = monotonic()
    xml_at_once = len(write(_bill(range(lines))))
    whole_xml = monotonic() - begun
    pdf_at_once, whole_pdf = _printed_whole(lines)
    return Table(
        f"{lines:,} lines of one payer (goal: PDF of {LINES:,} ≤ {_PDF_SECONDS} s, XML ≤ "
        f"{_XML_SECONDS} s)",
        ["what", "documents", "seconds", "MiB"],
        [
            ["PDF/UA-1, PDF/A-3a", str(len(shares)), f"**{pdf:.2f}**", _mib(sum(printed))],
            ["PDF/UA-1, PDF/A-3a", "1", f"{whole_pdf:.2f}", _mib(pdf_at_once)],
            ["Peppol BIS Billing 3", str(len(shares)), f"**{xml:.2f}**", _mib(sum(written))],
            ["Peppol BIS Billing 3", "1", f"{whole_xml:.2f}", _mib(xml_at_once)],
        ],
        f"A run puts {_A_DOCUMENT} lines at most on a document (decision 0465): one payer's are "
        "made one after the other, in one process. All on one is what the same code takes then.",
    )


def _printed_whole(lines: int) -> tuple[int, float]:
    """One document of all lines, beyond what a service makes: its bytes and seconds."""
    most, rendering.MAX_ROWS = rendering.MAX_ROWS, lines
    begun = monotonic()
    try:
        return len(render(_paper(range(lines)))), monotonic() - begun
    finally:
        rendering.MAX_ROWS = most


async def explanations(world: World, month: str, *, samples: int) -> Table:
    """Lines by chance, explained one after the other. Raises RuntimeError for one that is not."""
    with world.connect("billing") as billing:
        chosen = billing.execute(_LINES, [REGION, month, samples]).fetchall()
    token = world.system.tokens.issue(_STAFF, region=REGION)
    tell(f"{len(chosen)} lines are explained")
    seconds = [await _explained(world, key, n, token) for key, n in chosen]
    return Table(
        f"A line's explanation (BIL-17), {len(seconds):,} by chance one after the other, telemetry "
        f"on (goal: p99 ≤ {_EXPLAIN_MS} ms)",
        ["p50 ms", "p99 ms", "max ms"],
        [[f"{1000 * percentile(seconds, share):.1f}" for share in (0.5, 0.99, 1)]],
        "`GET /invoices/{invoice_id}/lines/{n}:explain`, asked for by customer service, in the "
        "client's eyes, when the run's documents are made.",
    )


async def _explained(world: World, key: str, n: int, token: str) -> float:
    path = f"/invoices/{key}/lines/{n}:explain"
    begun = monotonic()
    answer = await world.services.request("GET", "billing", path, token=token)
    if answer.status_code != 200:
        raise RuntimeError(
            f"a line's explanation answers {answer.status_code}: {answer.text[:200]}"
        )
    return monotonic() - begun


def _paper(places: Sequence[int]) -> InvoiceDocument:
    net_ore = _DAY_RENT * len(places)
    return InvoiceDocument(
        title=f"Faktura {places[0]}",
        issued_on=_ISSUED,
        month="2026-05",
        payer="Betalare 1",
        lines=tuple(
            InvoiceLine(
                kind="Hyra",
                article="Rollator",
                device=f"{90_000_000 + n}",
                from_day=_FIRST,
                to_day=_LAST,
                quantity=1,
                net_ore=_DAY_RENT,
                vat_percent=25,
            )
            for n in places
        ),
        sums=(Sum(name="Summa utan moms", ore=net_ore), Sum(name="Att betala", ore=net_ore)),
    )


def _bill(places: Sequence[int]) -> Bill:
    net_ore = _DAY_RENT * len(places)
    party = Party(name="Betalare 1", scheme="0007", endpoint="2120009028", city="Umeå")
    return Bill(
        number=f"F-{places[0]}",
        issued_on=_ISSUED,
        is_credit=False,
        seller=party,
        buyer=party,
        buyer_reference="HJM",
        first_day=_FIRST,
        last_day=_LAST,
        lines=[
            BillLine(
                name="Rollator",
                device_number=f"{90_000_000 + n}",
                from_day=_FIRST,
                to_day=_LAST,
                net_ore=_DAY_RENT,
                vat_percent=25,
            )
            for n in places
        ],
        vat=[VatSum(vat_percent=25, net_ore=net_ore, vat_ore=net_ore // 4)],
        bankgiro="123-4567",
        due_on=date(2026, 7, 1),
    )


def _mib(size: int) -> str:
    return f"{size / 2**20:.1f}"
