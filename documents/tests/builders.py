"""Documents for tests, with only what matters to say."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from kvitt_documents.balances import BalanceLine, BalanceReport
from kvitt_documents.counting_lists import CountingLine, CountingList
from kvitt_documents.extracts import Extract, Section
from kvitt_documents.handouts import Handout, HandoutDevice
from kvitt_documents.invoices import InvoiceDocument, InvoiceLine, Sum
from kvitt_documents.purchase_orders import PurchaseOrderDocument, PurchaseOrderLine
from kvitt_documents.rendering import Document
from kvitt_documents.slips import Checklist, OfferSlip, PickupSlip, SlipDevice, WorkOrderSlip
from kvitt_documents.supplier_returns import ReturnedGoods, SupplierReturnSlip

NASTY = (
    "Rullator <b>liten</b>",
    "Säng <b",
    "</table><img src='/etc/hostname'/>",
    '#image("/etc/hostname")',
    "#panic() #let x = 1; [ ] { } ( ",
    "$ x^2 $ och `kod` och ``` oavslutad",
    "*fet* _kursiv_ = Rubrik <etikett> @hänvisning // kommentar /* och */",
    "\\u{41} \\# \\n \\",
    "rad ett\nrad två\r\n\tindrag\x00\x07\x1b[31m",
    "vänster till höger \u202eredlohtalb\u202c slut",
    "مستشفى الجامعة",
    "בית חולים 12",
    "Лен Алёна Ωμέγα",
    "Rullstol 😀 👩‍🦽 ♿",
    "轮椅 車椅子 휠체어",
    "e\u0301 å ä ö Å Ä Ö ẞ \ufb01",
    "\ud800 ensam surrogat \ufeff\ufffe\U000f0000",
    "X" * 400,
    "Donaudampfschifffahrtsgesellschaftskapitän" * 5,
    "a\u0300" * 300,
    " \u00a0 \u2003 \u200b ",
    "",
    "%PDF-1.7 (Tj) <</JS (app.alert)>> \\)",
)
"""What a name may be that somebody, or something, has written."""


def a_line(article: str = "31603-02 Rullator", *, net_ore: int = 12_345) -> InvoiceLine:
    """Rent of a device for some days of May."""
    return InvoiceLine(
        kind="Hyra",
        article=article,
        device="R40211",
        from_day=date(2026, 5, 1),
        to_day=date(2026, 5, 31),
        quantity=1,
        net_ore=net_ore,
        vat_percent=25,
    )


def an_invoice(
    *, payer: str = "81004 Vilhelmina kommun", lines: Sequence[InvoiceLine] = (a_line(),)
) -> InvoiceDocument:
    """The invoice of May with these lines."""
    net = sum(line.net_ore for line in lines)
    return InvoiceDocument(
        title="Faktura AC-2026-000001",
        issued_on=date(2026, 6, 1),
        month="2026-05",
        payer=payer,
        lines=tuple(lines),
        sums=(
            Sum(name="Summa utan moms", ore=net),
            Sum(name="Moms", ore=net // 4),
            Sum(name="Att betala", ore=net + net // 4),
        ),
    )


def an_invoice_to_pay() -> InvoiceDocument:
    """One that says until when and by which reference."""
    service = replace(a_line("T-100 Anpassning"), kind="Akut hämtning", from_day=None, device="")
    lines = [a_line(), service, replace(service, kind="Portoersättning")]
    return replace(an_invoice(lines=lines), due_on=date(2026, 7, 1), ocr="20260000011")


def a_credit_note() -> InvoiceDocument:
    """A credit of what was issued."""
    line = a_line(net_ore=-12_345)
    return InvoiceDocument(
        title="Kreditnota AC-2026-000002",
        issued_on=date(2026, 7, 1),
        month="2026-06",
        payer="patient, referens 5f0c4c5e-6f0b-4d52-9a52-3f4c8f9d1e11",
        lines=(line,),
        sums=(Sum(name="Att få tillbaka", ore=12_345),),
    )


def an_invoice_of(count: int) -> InvoiceDocument:
    """One with so many lines."""
    return an_invoice(lines=[a_line(f"{number:05} Rullator") for number in range(count)])


def a_nasty_invoice() -> InvoiceDocument:
    """One whose names are what names should not be."""
    return an_invoice(payer=f"20011 {NASTY[0]}", lines=[a_line(name) for name in NASTY])


LONG = "Hjulet går trögt efter regn. " * 40
"""More than one piece, as free text may be."""


def a_pickup_slip(*, name: str = "Anna Testsson", checklist: str = "Laddare") -> PickupSlip:
    """The slip of a patient's two devices of one product area."""
    return PickupSlip(
        pickup_number="26100012",
        issued_on=date(2026, 3, 2),
        order=(
            ("Registrerad", "2026-03-02"),
            ("Tjänsteställe", "40201 Hjälpmedelsenheten"),
            ("Beställd av", "k082lno"),
            ("Orsak", "Behövs inte längre"),
            ("Hämtas", "2026-03-06 till 2026-03-16"),
        ),
        place=(
            ("Namn", name),
            ("Adress", "Storgatan 1\n903 26 Umeå"),
            ("Telefon, beställare", "090-785 00 00"),
            ("Telefon, mottagare", "070-123 45 67"),
            ("Portkod", "1789"),
            ("Anvisningar", "Ring på hos grannen.\nHund finns."),
            ("Kontaktperson", ""),
            ("Övrigt", "Ta med duschpallen"),
        ),
        devices=(
            SlipDevice(number="170098", article="31222-07 Hörapparat Vinga 3"),
            SlipDevice(number="170099", article="31222-08 Streamer Vinga"),
        ),
        checklists=(
            Checklist(name="Checklista, hörsel", lines=(checklist, "Fodral", "Insats, höger")),
        ),
    )


def a_work_order_slip(
    *, fault: str = "Piper i höger öra.\nBatteriet tar slut på en dag.", comment: str = ""
) -> WorkOrderSlip:
    """The slip of a device that goes to its supplier."""
    return WorkOrderSlip(
        work_order_number="26100031",
        issued_on=date(2026, 3, 2),
        order=(
            ("Slag", "Garantireparation"),
            ("Registrerad", "2026-03-02"),
            ("Tjänsteprodukt", "T-100 Garantireparation hörapparat"),
        ),
        requester=(
            ("Namn", "Lena Norberg"),
            ("Telefon", "090-785 00 00"),
            ("E-post", "lena.norberg@example.org"),
            ("Enhet", "40201 Hörselmottagningen"),
            ("Adress", "Storgatan 1\n903 26 Umeå"),
        ),
        devices=(SlipDevice(number="170098", article="31222-07 Hörapparat Vinga 3"),),
        fault=fault,
        return_to=(("Enhet", "40201 Hörselmottagningen"), ("Adress", "Storgatan 1\n903 26 Umeå")),
        comment=comment,
    )


def an_offer_slip(*, to: str = "Region Uppsala\nBox 602, 751 25 Uppsala") -> OfferSlip:
    """The list of one device that another region is offered."""
    return OfferSlip(
        issued_on=date(2026, 3, 2),
        order=(("Registrerat", "2026-03-02"),),
        devices=(SlipDevice(number="170098", article="31222-07 Hörapparat Vinga 3"),),
        to=to,
        sender=(
            ("Namn", "Lena Norberg"),
            ("Telefon", "090-785 00 00"),
            ("Enhet", "40201 Hörselmottagningen"),
        ),
    )


def a_purchase_order(
    *, comment: str = "Sitsbredd 42 cm", goes_along: bool = False
) -> PurchaseOrderDocument:
    """A purchase order of two articles, of which one has a price."""
    return PurchaseOrderDocument(
        purchase_order_number="26100007",
        issued_on=date(2026, 3, 2),
        order=(("Datum", "2026-03-02"), ("Vår order", "26100031"), ("Beställare", "k082lno")),
        supplier=(("Namn", "Nordhjälp AB"), ("Adress", "Industrigatan 4\n903 30 Umeå")),
        lines=(
            PurchaseOrderLine(
                number=1,
                article="31001 Gåbord Lyft",
                theirs="NH-77",
                quantity=1,
                price=129_000,
                comment=comment,
            ),
            PurchaseOrderLine(number=3, article="31002 Ramp", theirs="", quantity=2),
        ),
        deliver_to=(("Enhet", "40201 Hjälpmedelsenheten"), ("Märk med", "26100007")),
        goes_along=goes_along,
    )


def an_extract(*rows: tuple[str, str, str], name: str = "Anna Testsson") -> Extract:
    """What is stored of a person, who was looked at twice and has nothing corrected."""
    looked = (
        ("2026-04-14 09.12", "40201 Hjälpmedelsenheten", "Du söktes upp med ditt personnummer"),
        ("2026-04-13 15.40", "–", "Dina uppgifter visades vid en order"),
    )
    return Extract(
        issued_on=date(2026, 5, 4),
        who=(
            ("Namn", name),
            ("Nummer", "18900101-9802"),
            ("Adress", "Storgatan 1\n903 26 Umeå"),
            ("Telefon", ""),
        ),
        sections=(
            Section(
                heading="Vad som har rättats",
                says="",
                columns=("När", "Uppgift", "Av", "Var", "Blev"),
                rows=(),
                nothing="Inget har rättats.",
            ),
            Section(
                heading="När någon har sett dina uppgifter",
                says="När, från vilken enhet och för vad.",
                columns=("När", "Enhet", "Vad"),
                rows=rows or looked,
                nothing="Ingen har sett dina uppgifter.",
            ),
        ),
        closing=("Är något fel kan du begära att det rättas.",),
    )


def a_nasty_pickup_slip() -> PickupSlip:
    """One whose texts are what texts should not be."""
    slip = a_pickup_slip(name=NASTY[0])
    return replace(
        slip,
        place=tuple((f"Fält {number}", text) for number, text in enumerate((*NASTY, LONG))),
        devices=tuple(SlipDevice(number="170098", article=text) for text in NASTY),
        checklists=(Checklist(name=f"Checklista, {NASTY[0]}", lines=NASTY),),
    )


def a_balance_report(*lines: BalanceLine) -> BalanceReport:
    """A store with two articles: one counted and on its way, one neither."""
    given = (
        BalanceLine(
            article_number="30457",
            name="Sittdyna Ängsull",
            available=4,
            reserved=1,
            incoming=6,
            counted_on=date(2026, 4, 14),
        ),
        BalanceLine(
            article_number="30012",
            name="Rollator Brukare 55",
            available=2,
            reserved=0,
            incoming=0,
            counted_on=None,
        ),
    )
    return BalanceReport(
        store="402 Förrådet Ersboda", issued_on=date(2026, 5, 4), lines=lines or given
    )


def a_counting_list(*lines: CountingLine) -> CountingList:
    """A store with cushions, and a rollator that is marked."""
    given = (
        CountingLine(article_number="30457", name="Sittdyna Ängsull"),
        CountingLine(article_number="30012", name="Rollator Brukare 55", device="170098"),
    )
    return CountingList(
        store="402 Förrådet Ersboda", issued_on=date(2026, 5, 4), lines=lines or given
    )


def a_supplier_return_slip(*, comment: str = "Ramen är sned.") -> SupplierReturnSlip:
    """A rollator that goes back."""
    return SupplierReturnSlip(
        number="4F2A90B1",
        issued_on=date(2026, 5, 4),
        supplier=(("Leverantör", "Brukare AB"), ("Kod", "L101")),
        sender=(("Förråd", "402 Förrådet Ersboda"), ("Registrerat av", "k082lno")),
        about=(("Dag", "2026-05-04"), ("Orsak", "Kreditering")),
        goods=ReturnedGoods(
            article="30012 Rollator Brukare 55",
            supplier_article_number="B-55",
            quantity=1,
            device_number="170098",
            serial_number="SN-4471",
        ),
        comment=comment,
    )


def a_handout(*, name: str = "Anna Testsson") -> Handout:
    """A loan agreement of two devices, of which one's day is not known."""
    return Handout(
        title="Låneförbindelse",
        issued_on=date(2026, 3, 2),
        recipient=(("Mottagare", name), ("Personnummer", "18900101-9802")),
        unit=(("Enhet", "40201 Hörselmottagningen"), ("Utskrivet av", "Lena Norberg")),
        day="Lånas från",
        devices=(
            HandoutDevice(
                number="170098", article="31222-07 Hörapparat Vinga 3", day=date(2026, 3, 2)
            ),
            HandoutDevice(number="170099", article=name, day=None),
        ),
        terms=("Hjälpmedlen är lånade.", name),
        signers=("Mottagarens underskrift, datum", "För enheten, datum"),
    )


KINDS: dict[str, Document] = {
    "invoice": an_invoice(),
    "invoice-to-pay": an_invoice_to_pay(),
    "credit-note": a_credit_note(),
    "nasty-names": a_nasty_invoice(),
    "pickup-slip": a_pickup_slip(),
    "work-order-slip": a_work_order_slip(comment="Låneapparat är utlämnad."),
    "work-order-slip-without": replace(a_work_order_slip(fault=""), devices=()),
    "offer-slip": an_offer_slip(),
    "purchase-order": a_purchase_order(goes_along=True),
    "nasty-purchase-order": a_purchase_order(comment="\n".join((*NASTY, LONG))),
    "balance-report": a_balance_report(),
    "empty-balance-report": replace(a_balance_report(), lines=()),
    "counting-list": a_counting_list(),
    "nasty-counting-list": a_counting_list(
        *(CountingLine(article_number="1", name=text, device=text[:30]) for text in NASTY)
    ),
    "supplier-return-slip": a_supplier_return_slip(),
    "nasty-supplier-return-slip": a_supplier_return_slip(comment="\n".join((*NASTY, LONG))),
    "extract": an_extract(),
    "nasty-extract": an_extract(*((text, text, text) for text in NASTY), name=" ".join(NASTY)),
    "handout": a_handout(),
    "nasty-handout": a_handout(name=" ".join(NASTY)),
    "nasty-offer": an_offer_slip(to="\n".join(NASTY)),
    "nasty-slip": a_nasty_pickup_slip(),
    "nasty-work-order": a_work_order_slip(fault="\n".join(NASTY), comment=LONG),
}
"""Each kind of document, to be judged and looked at."""
