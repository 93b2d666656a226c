"""What the reasons say that an invoice is held for, and the way on: in Swedish, for finance and for
the unit that purchased.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from billing.supplier_invoices.matching.domain import Hold


class Reason(NamedTuple):
    """A sentence, and what can be done."""

    says: str
    way_on: str


REASONS: Final[Mapping[str, Reason]] = {
    Hold.PURCHASE_ORDER_MISSING: Reason(
        "Fakturan anger inget inköpsordernummer.",
        "Be leverantören om en ny faktura med inköpsordernummer och avvisa den här, eller släpp"
        " den.",
    ),
    Hold.PURCHASE_ORDER_UNKNOWN: Reason(
        "Inköpsordern finns inte i Kvitt.",
        "Kontrollera numret med leverantören. Görs inköpsordern senare, prövas fakturan då.",
    ),
    Hold.DEVICE_NOT_BOUGHT: Reason(
        "Hjälpmedlet är inte registrerat som köpt från en annan region.",
        "Be kundtjänst registrera köpet: fakturan prövas då igen. Är köpet inte vårt, avvisa den.",
    ),
    Hold.SUPPLIER_DIFFERS: Reason(
        "Inköpsordern är ställd till en annan leverantör.",
        "Kontrollera numret med leverantören, och avvisa fakturan om den inte är vår.",
    ),
    Hold.SUPPLIER_INACTIVE: Reason(
        "Leverantören är inte aktiv i registret.",
        "Släpp fakturan om köpet är rätt, annars avvisa den.",
    ),
    Hold.LINE_NOT_ORDERED: Reason(
        "Fakturan har en rad som inte finns på inköpsordern.",
        "Be leverantören om en kreditfaktura för raden, eller släpp fakturan.",
    ),
    Hold.LINE_VOIDED: Reason(
        "Fakturan har en rad som är makulerad på inköpsordern.",
        "Be leverantören om en kreditfaktura för raden, eller avvisa fakturan.",
    ),
    Hold.MORE_THAN_ORDERED: Reason(
        "Fakturan är på fler än vad som är beställt.",
        "Be leverantören om en kreditfaktura för det som är för mycket.",
    ),
    Hold.ALREADY_INVOICED: Reason(
        "Det som faktureras är redan betalt på en annan faktura.",
        "Avvisa fakturan, eller be leverantören om en kreditfaktura.",
    ),
    Hold.NOT_RECEIVED: Reason(
        "Det som faktureras är inte mottaget än.",
        "Ta emot leveransen när den har kommit. Har den kommit fel, be leverantören om en"
        " kreditfaktura: fakturan prövas igen av sig själv.",
    ),
    Hold.WRONG_DELIVERY: Reason(
        "Leveransen är anmäld som fel, och det är inte utrett.",
        "Fakturan väntar på leverantörens kreditfaktura, eller på att kundtjänst avslutar ärendet.",
    ),
    Hold.PRICE_DIFFERS: Reason(
        "Priset är ett annat än det avtalade, mer än vad regionen godtar.",
        "Be leverantören om en kreditfaktura för skillnaden, rätta priset på inköpsordern, eller"
        " släpp fakturan.",
    ),
    Hold.VAT_DIFFERS: Reason(
        "Momssatsen är en annan än på inköpsordern.",
        "Be leverantören om en rätt faktura och avvisa den här, eller släpp den.",
    ),
    Hold.NOTHING_TO_CREDIT: Reason(
        "Det som krediteras är inte betalt.",
        "Kreditfakturan väntar på fakturan som den drar av från. Kommer ingen, avvisa den.",
    ),
    Hold.MORE_THAN_INVOICED: Reason(
        "Kreditfakturan drar av mer än vad som är kvar av fakturan som den anger.",
        "Kontrollera beloppet med leverantören. Be om en rätt kreditfaktura och avvisa den här.",
    ),
    Hold.CREDITS_OTHER_PURCHASE: Reason(
        "Kreditfakturan anger ett annat köp än fakturan som den drar av från.",
        "Kontrollera inköpsordern med leverantören. Be om en kreditfaktura för fakturans köp och"
        " avvisa den här, eller släpp den.",
    ),
    Hold.INVOICE_REJECTED: Reason(
        "Fakturan som krediteras är avvisad och betalas inte.",
        "Avvisa kreditfakturan också. Ska fakturan ändå betalas, be leverantören skicka den på nytt"
        " med ett eget nummer.",
    ),
}
