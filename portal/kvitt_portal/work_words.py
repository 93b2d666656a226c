"""How work orders and cases are said to people."""

from collections.abc import Mapping
from typing import Final

Said = Mapping[str, tuple[str, str]]
"""A state's words, and the tone: default, success, warning, error or info."""

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
    "other": "Något annat",
}
CASE_OUTCOMES: Final[Mapping[str, str]] = {"done": "Gjort", "refused": "Nekat"}
