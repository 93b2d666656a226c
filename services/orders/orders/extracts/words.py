"""What a line of the log says to the person whom it is about."""

from collections.abc import Mapping
from typing import Final

from orders.people.domain import Look

OF_LOOKS: Final[Mapping[Look | None, str]] = {
    None: "Uppgifterna visades",
    Look.FOUND: "Du söktes upp med ditt personnummer",
    Look.NOT_FOUND: "Du söktes, men hittades inte",
    Look.ADDED: "Du lades till i registret",
    Look.OPENED: "Dina uppgifter öppnades i en nödsituation",
    Look.LISTED: "Du fanns bland träffarna i en sökning",
    Look.SHOWN: "Dina uppgifter visades",
    Look.OUT_OF_REACH: "Någon frågade efter dig, men fick inte se något",
    Look.EDITED: "Dina kontaktuppgifter ändrades",
    Look.DONE: "Något registrerades eller beslutades",
    Look.MERGED: "Två registreringar av dig slogs ihop till en",
    Look.ERASED: "Dina personuppgifter raderades",
    Look.EXPORTED: "Dina uppgifter togs ut",
    Look.REVIEWED: "Loggen över vem som har sett dig granskades",
}
OF_PURPOSES: Final[Mapping[str, str]] = {
    "display": "vid en order, ett hjälpmedel eller ett byte",
    "ordering": "när något beställdes",
    "delivery": "för att något skulle levereras eller hämtas",
    "invoicing": "för en faktura",
    "new_patient": "för att du skulle få något förskrivet",
    "case": "för ett ärende hos kundtjänst",
    "emergency": "i en nödsituation",
    "emergency_block": "där det som du har spärrat visades",
    "attachment": "i en bilaga",
    "add_person": "för att du saknades i registret",
    "edit_contact": "för att du ska kunna nås",
    "merge": "på regionens besked",
    "extract": "för ett utdrag ur loggen",
    "erase": "efter ett beslut om radering",
    "erase_again": "efter en återläsning, enligt ett tidigare beslut om radering",
    "export": "för ett uttag till dig",
    "log_review": "för att se att ingen tittar utan skäl",
}
OF_NOUNS: Final[Mapping[str, str]] = {
    "orders.order": "om en order eller ett uttag",
    "orders.pickup": "om en hämtning",
    "orders.work-order": "om en arbetsorder eller en ansökan",
    "orders.fault-report": "om en felanmälan",
    "orders.purchase-order": "om ett inköp",
    "orders.basket-loan": "om ett lån av en varukorg",
    "orders.case": "om ett ärende hos kundtjänst",
    "orders.block": "om en spärr som du har bett om",
    "orders.consent": "om ett samtycke",
    "bmb.transfer": "om ett byte av enhet eller betalare",
    "inventory.device": "om ett hjälpmedel hos dig",
    "inventory.custody": "om ett hjälpmedel hos dig",
}


def said_of(look: Look | None, purpose: str) -> str:
    """One line in words: what came of it, and for what."""
    noun = ".".join(purpose.split(".")[:2])
    why = OF_PURPOSES.get(purpose) or OF_NOUNS.get(noun)
    return " ".join(filter(None, (OF_LOOKS[look], why)))
