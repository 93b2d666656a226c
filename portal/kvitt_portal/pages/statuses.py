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
