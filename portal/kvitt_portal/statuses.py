"""How the services' codes are said to people: states, each with the tone of its badge; kinds,
causes and outcomes.
"""

from collections.abc import Mapping
from typing import Final

Said = Mapping[str, tuple[str, str]]
"""A state's words, and the tone: default, success, warning, error or info."""

ARTICLES: Final[Mapping[str, str]] = {
    "active": "Aktiv",
    "phase_out": "Utgående",
    "discontinued": "Utgått",
}
ORDERS: Final[Said] = {
    "pending": ("Väntar på lagret", "info"),
    "registered": ("Registrerad", "default"),
    "part_delivered": ("Delvis levererad", "info"),
    "delivered": ("Levererad", "success"),
    "voiding": ("Makuleras", "warning"),
    "voided": ("Makulerad", "error"),
    "declined": ("Nekad", "error"),
}
TRANSFERS: Final[Said] = {
    "draft": ("Utkast", "default"),
    "cancelled": ("Kastad", "default"),
    "requested": ("Prövas av lagret", "info"),
    "refused": ("Nekad", "error"),
    "sent": ("Skickad", "info"),
    "accepted": ("Godkänd", "success"),
    "rejected": ("Ej godkänd", "error"),
    "withdrawn": ("Ångrad", "default"),
    "executed_automatically": ("Verkställd automatiskt", "success"),
    "locked": ("Låst", "warning"),
    "unlocked": ("Upplåst", "default"),
    "voided": ("Ogiltig", "error"),
    "dissolved": ("Upplöst", "default"),
    "completed": ("Genomförd", "success"),
}
STOCKTAKINGS: Final[Said] = {
    "planned": ("Planerad", "default"),
    "announced": ("Ska räknas", "warning"),
    "opened": ("Pågår", "info"),
    "posted": ("Bokförd", "success"),
    "cancelled": ("Avbruten", "default"),
}
SCAN_ANSWERS: Final[Said] = {
    "counted": ("Räknad", "success"),
    "counted_before": ("Redan räknad", "default"),
    "unknown": ("Okänd", "error"),
    "several": ("Flera möjliga", "warning"),
    "elsewhere": ("Står inte här", "warning"),
    "unreadable": ("Går inte att läsa", "error"),
}
FINDINGS: Final[Mapping[str, str]] = {
    "no_payer": "Betalaren finns inte i registret",
    "no_price": "Utlånat utan pris",
    "set_aside": "Kunde inte faktureras",
    "price_zero": "Priset är 0",
    "gone": "Har inget denna månad",
    "down": "Betalar mycket mindre",
    "up": "Betalar mycket mer",
    "new": "Ny betalare",
}
"""What stands out of a month's invoices."""
LINE_ENDS: Final[Mapping[str, str]] = {
    "changed_hands": "Bytt",
    "rejected": "Ej godkänt",
    "dropped": "Utgick",
}
"""How a transfer ended for one of its devices."""

HOME_REGION_CASES: Final[Said] = {
    "open": ("Pågår", "info"),
    "finished": ("Avslutad", "success"),
    "ended": ("Utan verkan", "default"),
}
"""Where a case is that another region, or the state, pays for."""
REGION_SALES: Final[Said] = {
    "requested": ("Begärd", "info"),
    "proposed": ("Prisförslag skickat", "info"),
    "approved": ("Såld", "success"),
    "not_approved": ("Inte godkänd", "error"),
    "refused": ("Kunde inte säljas", "error"),
    "ended": ("Inget kvar att sälja", "default"),
}
CHARGES: Final[Said] = {
    "deferred": ("Väntar", "info"),
    "raised": ("Debiterad", "success"),
    "cancelled": ("Utgår", "default"),
}
PICKUPS: Final[Said] = {
    "requested": ("Väntar på lagret", "info"),
    "registered": ("Registrerad", "default"),
    "refused": ("Nekad", "error"),
    "closed": ("Stängd", "success"),
    "voided": ("Avbeställd", "error"),
}
PICKUP_LINES: Final[Said] = {
    "fetched": ("Hämtat", "success"),
    "voided": ("Avbeställt", "default"),
    "lost": ("Förlorat", "error"),
    "scrapped": ("Kasserat", "default"),
}
"""How a pickup ended for one of its devices."""
BASKETS: Final[Said] = {
    "requested": ("Väntar på förrådet", "info"),
    "open": ("Öppen", "default"),
    "closed": ("Avslutad", "success"),
    "declined": ("Avvisad", "error"),
}
BASKET_LINES: Final[Said] = {
    "delivered": ("Levererad", "success"),
    "put_back": ("Tillbakalagd", "default"),
    "lost": ("Saknas", "error"),
    "not_due": ("Ingen avgift", "default"),
}
"""How a line of a basket ended."""
PICKUP_CAUSES: Final[Mapping[str, str]] = {
    "not_needed": "Behövs inte längre",
    "deceased": "Mottagaren är avliden",
    "replaced": "Ersatt av ett annat",
    "broken": "Trasigt",
    "too_bulky": "För stort att lämna själv",
    "sent_by_post": "Skickas till centrallager med post",
}
"""Why something is fetched; a region's own word for it is said as it is."""
RETURN_CAUSES: Final[Mapping[str, str]] = {
    "does_not_work": "Fungerar inte",
    "ordered_wrong": "Fel beställt",
    "deceased": "Mottagaren är avliden",
    "changed_mind": "Mottagaren har ångrat sig",
    "other": "Annat",
}
"""What has caused the return, apart from why it is fetched."""
PICKUP_ORDERERS: Final[Mapping[str, str]] = {
    "unit": "Enheten",
    "patient": "Patienten",
    "relative": "En närstående",
}
FAULT_REPORTS: Final[Said] = {
    "waiting": ("Väntar på svar", "warning"),
    "naming": ("Väntar på lagret", "info"),
    "prescribed": ("Har förskrivare", "success"),
    "forwarded": ("Ska bedömas på nytt", "info"),
    "closed": ("Avslutad", "default"),
}
USES: Final[Said] = {
    "forbidden": ("Får inte användas", "error"),
    "restricted": ("Får användas med begränsningar", "warning"),
    "allowed": ("Får användas", "success"),
}
"""How a device may be used meanwhile, the strictest first."""
OUTCOMES: Final[Mapping[str, str]] = {
    "replaced": "Hjälpmedlet byttes",
    "repaired": "Hjälpmedlet reparerades",
    "assessed_anew": "Behovet bedömdes på nytt",
    "no_fault": "Det var inget fel",
}
"""What a fault report has led to."""
RECONDITIONINGS: Final[Said] = {
    "open": ("Väntar", "warning"),
    "approved": ("Godkänt", "success"),
    "scrapped": ("Skrotat", "default"),
    "broken": ("Avbrutet", "default"),
    "all": ("Alla", "default"),
}
"""How far the work on what came back to the device service has come."""
RECONDITIONED: Final[Mapping[str, str]] = {
    "inspected": "Kontrollerat",
    "cleaned": "Rengjort",
    "repaired": "Reparerat",
    "approved": "Godkänt",
    "scrapped": "Skrotat",
}
"""What a technician has done."""
SCRAP_REASONS: Final[Mapping[str, str]] = {
    "NOT_WORTH_REPAIR": "Inte värt att reparera",
    "DAMAGED": "Skadat",
    "PARTS_MISSING": "Delar saknas",
    "NOT_HYGIENIC": "Går inte att få rent",
    "TOO_OLD": "För gammalt",
    "LOST": "Det är förlorat",
    "RETURNED": "Det är någon annanstans",
}
"""Why it was scrapped, or what ended the work."""
TAKEN: Final[Mapping[str, str]] = {
    "IN_TRANSFER": "Hjälpmedlet är i ett byte. Vänta tills bytet är klart, eller ångra det.",
    "LOCKED": "Ett obesvarat byte låser hjälpmedlet. Be kundtjänst låsa upp det.",
    "IN_DISPATCH": "Hjälpmedlet är på väg till en mottagare. Vänta tills det är levererat.",
    "IN_PICKUP": "Hjälpmedlet ska redan hämtas. Se hämtordern på hjälpmedlets sida.",
    "IN_SALE": "Hjälpmedlet är i en försäljning till en annan region. Vänta tills den är avgjord.",
    "IN_RECONDITIONING": "Hjälpmedlet rekonditioneras. Vänta tills det är godkänt.",
    "SOLD": "Hjälpmedlet är sålt till en annan region.",
    "IN_BASKET": "Hjälpmedlet är utlånat i en varukorg. Lägg tillbaka det där först.",
    "IN_INVESTIGATION": "Hjälpmedlet söks. Kontakta kundtjänst.",
    "RESERVED_FOR_ORDERS": "Förrådet har lovat bort sitt saldo. Kontakta kundtjänst.",
    "NOT_AT_RECIPIENT": "Mottagaren har det inte längre. Ta bort markeringen.",
    "HAS_PRESCRIBER": "Hjälpmedlet har fått en förskrivare.",
}
"""Why a store says no to something about a device, and what to do."""
WORK_ORDERS: Final[Said] = {
    "assigned": ("Tilldelad", "default"),
    "planned": ("Planerad", "info"),
    "started": ("Påbörjad", "info"),
    "finished": ("Avslutad", "success"),
    "voided": ("Makulerad", "error"),
}
WORK_KINDS: Final[Mapping[str, str]] = {
    "tied_to_order": "Arbete för en beställning",
    "adjustment": "Anpassning",
    "repair": "Reparation",
    "special_adaptation": "Specialanpassning",
    "warranty_repair": "Garantireparation",
    "installation": "Installation",
    "dismantling": "Nedmontering",
    "installed_repair": "Reparation av installerat",
    "maintenance": "Förebyggande underhåll",
    "application": "Enskild förskrivning",
}
WORK: Final = tuple(kind for kind in WORK_KINDS if kind != "application")
"""What is done with hands; an application is decided."""
WORK_QUESTION: Final[Mapping[str, str]] = {
    "tied_to_order": "Det som hör till beställningen",
    "adjustment": "Anpassa eller justera",
    "special_adaptation": "Ändra utanför tillverkarens anvisningar (specialanpassning)",
    "warranty_repair": "Laga, och garantin gäller (garantireparation)",
    "repair": "Laga, och garantin gäller inte (reparation)",
    "installation": "Installera",
    "installed_repair": "Laga där det är installerat",
    "dismantling": "Montera ner",
    "maintenance": "Förebyggande underhåll",
}
"""What needs to be done: the answers, each with the kind of work order that it gives."""
WORK_OUTCOMES: Final[Mapping[str, str]] = {
    "done": "Utfört",
    "repaired": "Reparerat",
    "replaced": "Utbytt mot ett annat",
    "not_warranty": "Ej garanti",
    "approved": "Godkänd",
    "refused": "Ej godkänd",
    "referred": "Lämnad till sortimentsansvarig",
}
"""What a work order has led to, and how an application is decided."""
WORK_VOIDED: Final[Mapping[str, str]] = {
    "NOT_NEEDED": "Behövs inte längre",
    "WRONG": "Fel registrerad",
    "RETURNED": "Hjälpmedlet är återlämnat",
}
"""Why a work order is voided."""
SUPPLIER_INVOICES: Final[Said] = {
    "held": ("Väntar", "warning"),
    "cleared": ("Stämmer", "success"),
    "released": ("Släppt till betalning", "info"),
    "rejected": ("Avvisad", "error"),
}
REJECTED_FOR: Final[Mapping[str, str]] = {
    "NOT_ORDERED": "Inte beställt",
    "WRONG_DELIVERY": "Fel levererat",
    "ALREADY_INVOICED": "Redan fakturerat",
    "WRONG_INVOICE": "Felaktig faktura",
    "NOT_OURS": "Inte vår",
}
"""Why a supplier's invoice is not paid."""
RELEASED_FOR: Final[Mapping[str, str]] = {
    "AGREED_WITH_SUPPLIER": "Överenskommet med leverantören",
    "RECEIVED_UNREPORTED": "Mottaget, men inte kvitterat",
    "RIGHT_WITHOUT_PURCHASE": "Rätt, fast inköpsordern saknas",
    "SMALL_DIFFERENCE": "Skillnaden är liten",
    "OTHER": "Annat",
}
"""Why a supplier's invoice that waits is paid as it is."""
RECEIPTS: Final[Said] = {
    "reported": ("Väntar på lagret", "info"),
    "booked": ("Mottagen", "success"),
    "refused": ("Nekad", "error"),
}
PURCHASE_ORDERS: Final[Said] = {
    "created": ("Inte skickad", "warning"),
    "sent": ("Skickad", "info"),
    "closed": ("Avslutad", "success"),
}
PURCHASE_LINES: Final[Said] = {
    "open": ("Väntas", "info"),
    "received": ("Mottagen", "success"),
    "voided": ("Makulerad", "default"),
}
SENDINGS: Final[Mapping[str, str]] = {
    "email": "E-post",
    "printed": "Post",
    "portal": "Leverantörens portal",
    "phone": "Telefon",
}
"""How a supplier gets a purchase order."""
SETTLEMENTS: Final[Mapping[str, str]] = {
    "credited": "Krediteras",
    "delivered_anew": "Levereras på nytt",
    "returned": "Skickas tillbaka",
    "kept": "Behålls som det är",
}
"""How a deviation is settled with the supplier."""
DEVIATIONS: Final[Mapping[str, str]] = {
    "short": "Det saknas något",
    "wrong_article": "Fel artikel",
    "too_many": "För många",
    "damaged": "Skadat",
}
"""How a delivery may be wrong."""
CASES: Final[Said] = {
    "waiting": ("Väntar på svar", "warning"),
    "answered": ("Besvarat", "success"),
    "withdrawn": ("Tillbakataget", "default"),
}
CASE_KINDS: Final[Mapping[str, str]] = {
    "urgent": "Brådskande",
    "person_missing": "Person saknas i registret",
    "short_delivery": "Leveransen är fel eller för liten",
    "address": "Adress eller kontaktuppgift",
    "deviation": "Avvikelse",
    "complaint": "Reklamation",
    "patient_moves": "Patienten flyttar",
    "other": "Något annat",
}
DAMAGE_KINDS: Final[Mapping[str, str]] = {
    "stolen": "Stulet",
    "lost": "Förlorat",
    "damaged": "Skadat",
}
DAMAGE_OUTCOMES: Final[Said] = {
    "undecided": ("Väntar på beslut", "warning"),
    "unit_pays": ("En enhet betalar", "info"),
    "patient_pays": ("Patienten betalar", "info"),
    "nobody_pays": ("Ingen betalar", "success"),
    "withdrawn": ("Tillbakataget", "default"),
    "found": ("Hittat", "success"),
}
"""What was decided of what has happened to a device."""
INVOICE_LINES: Final[Mapping[str, str]] = {
    "rent": "Hyra",
    "sale": "Köp",
    "fee": "Egenavgift",
    "service": "Tjänst",
    "home_region": "Hjälpmedel till patient från annan region",
    "urgent_pickup": "Akut hämtning",
    "postage": "Portoersättning",
    "region_sale": "Försäljning till annan region",
    "lost_device": "Förlorat hjälpmedel",
    "damaged_device": "Skada på hjälpmedel",
    "stolen_device": "Stulet hjälpmedel",
    "missing_device": "Förkommet hjälpmedel",
}
"""What a line of an invoice is of."""
CASE_OUTCOMES: Final[Mapping[str, str]] = {"done": "Gjort", "refused": "Nekat"}
_CARRIED_OUT: Final = ("address", "deviation", "complaint", "other")
CASES_ABOUT: Final[Mapping[str, tuple[str, ...]]] = {
    "order": ("urgent", "short_delivery", *_CARRIED_OUT),
    "pickup": ("urgent", *_CARRIED_OUT),
    "work_order": ("urgent", *_CARRIED_OUT),
    "device": ("deviation", "complaint", "other"),
    "transfer": ("deviation", "complaint", "other"),
    "person": ("address", "other"),
}
"""What is proposed to be asked about each kind of thing; orders judges it."""
