"""How the states of things are said to people, each with the tone of its badge."""

from collections.abc import Mapping
from typing import Final

Said = Mapping[str, tuple[str, str]]
"""A state's words, and the tone: default, success, warning, error or info."""

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
LINE_ENDS: Final[Mapping[str, str]] = {
    "changed_hands": "Bytt",
    "rejected": "Ej godkänt",
    "dropped": "Utgick",
}
"""How a transfer ended for one of its devices."""

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
TAKEN: Final[Mapping[str, str]] = {
    "IN_TRANSFER": "Hjälpmedlet är i ett byte. Vänta tills bytet är klart, eller ångra det.",
    "LOCKED": "Ett obesvarat byte låser hjälpmedlet. Be kundtjänst låsa upp det.",
    "IN_DISPATCH": "Hjälpmedlet är på väg till en mottagare. Vänta tills det är levererat.",
    "IN_PICKUP": "Hjälpmedlet ska redan hämtas. Se hämtordern på hjälpmedlets sida.",
    "IN_INVESTIGATION": "Hjälpmedlet söks. Kontakta kundtjänst.",
    "NOT_AT_RECIPIENT": "Mottagaren har det inte längre. Ta bort markeringen.",
    "HAS_PRESCRIBER": "Hjälpmedlet har fått en förskrivare.",
}
"""Why a store says no to something about a device, and what to do."""
