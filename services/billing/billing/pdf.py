"""The invoice as a PDF document, made of its data alone. Shows a patient by reference; personal
data is not available here.
"""

from collections.abc import Mapping
from io import BytesIO

from kvitt_contracts.billing import ChargeKind, InvoiceLine
from kvitt_contracts.types import ArticleNumber, Payer
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from billing.domain import Invoice

_KINDS = {ChargeKind.RENT: "Hyra", ChargeKind.SALE: "Köp", ChargeKind.FEE: "Egenavgift"}
_HEAD = ("Slag", "Artikel", "Hjälpmedel", "Dagar", "Antal", "Belopp", "Moms")
_WIDTHS = (20 * mm, 52 * mm, 24 * mm, 40 * mm, 12 * mm, 24 * mm, 18 * mm)


# decision 0062: reportlab makes the documents
def invoice(
    state: Invoice, *, articles: Mapping[ArticleNumber, str], payer_name: str | None
) -> bytes:
    """The document of an invoice or credit note, A4, in Swedish; amounts in kronor (BIL-9, BIL-10).

    `articles` names the articles of the lines, `payer_name` a unit that pays.
    """
    styles = getSampleStyleSheet()
    title = "Kreditnota" if state.is_credit else "Faktura"
    story = [
        Paragraph(f"{title} {state.number}", styles["Title"]),
        Paragraph(f"Betalare: {_payer(state.payer, payer_name)}", styles["Normal"]),
        Paragraph(f"Avser {state.month}, utställd {state.issued_on}", styles["Normal"]),
        Spacer(1, 6 * mm),
        _specification(state.lines, articles),
        Spacer(1, 6 * mm),
        _totals(state),
    ]
    buffer = BytesIO()
    document = SimpleDocTemplate(buffer, pagesize=A4, title=f"{title} {state.number}")
    document.build(story, onFirstPage=_page_number, onLaterPages=_page_number)
    return buffer.getvalue()


def kronor(ore: int) -> str:
    """An amount as people in Sweden read it: `-1 234,50 kr`."""
    sign, whole, rest = "-" if ore < 0 else "", abs(ore) // 100, abs(ore) % 100
    return f"{sign}{whole:,}".replace(",", "\N{NO-BREAK SPACE}") + f",{rest:02} kr"


def _specification(lines: tuple[InvoiceLine, ...], articles: Mapping[ArticleNumber, str]) -> Table:
    small = getSampleStyleSheet()["BodyText"]
    small.fontSize, small.leading = 8, 9
    rows = [
        (
            _KINDS[line.kind],
            Paragraph(f"{line.article_number} {articles.get(line.article_number, '')}", small),
            str(line.device_number or ""),
            "" if line.from_day is None else f"{line.from_day} till {line.to_day}",
            str(line.quantity),
            kronor(line.amount.net_ore),
            f"{line.amount.vat_percent} %",
        )
        for line in lines
    ]
    table = Table([_HEAD, *rows], colWidths=_WIDTHS, repeatRows=1)
    table.setStyle(
        TableStyle(
            [
                ("FONTSIZE", (0, 0), (-1, -1), 8),
                ("FONTNAME", (0, 0), (-1, 0), "Helvetica-Bold"),
                ("LINEBELOW", (0, 0), (-1, 0), 0.7, colors.black),
                ("LINEBELOW", (0, 1), (-1, -1), 0.2, colors.lightgrey),
                ("ALIGN", (4, 0), (-1, -1), "RIGHT"),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ]
        )
    )
    return table


def _totals(state: Invoice) -> Table:
    rows = [
        ("Summa utan moms", kronor(state.net_ore)),
        ("Moms", kronor(state.vat_ore)),
        ("Att få tillbaka" if state.is_credit else "Att betala", kronor(abs(state.gross_ore))),
    ]
    table = Table(rows, hAlign="RIGHT")
    table.setStyle(
        TableStyle(
            [
                ("ALIGN", (1, 0), (1, -1), "RIGHT"),
                ("FONTNAME", (0, 2), (-1, 2), "Helvetica-Bold"),
            ]
        )
    )
    return table


def _payer(payer: Payer, name: str | None) -> str:
    if payer.kind == "unit":
        return f"{payer.payer_id} {name or ''}".strip()
    return f"patient, referens {payer.person}"


def _page_number(canvas: Canvas, document: SimpleDocTemplate) -> None:
    canvas.setFont("Helvetica", 8)
    canvas.drawRightString(200 * mm, 10 * mm, f"Sida {document.page}")
