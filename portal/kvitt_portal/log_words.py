"""What the log of persons and the table of access are called, for who reviews them."""

from collections.abc import Mapping
from typing import Final

LOOKS: Final[Mapping[str, tuple[str, str]]] = {
    "found": ("Sökte på numret", "default"),
    "not_found": ("Sökte, ingen hittades", "default"),
    "added": ("Lade till i registret", "default"),
    "opened": ("Nödöppning", "warning"),
    "listed": ("Träff i en sökning", "default"),
    "shown": ("Visades", "default"),
    "out_of_reach": ("Frågade, fick inte se", "warning"),
    "edited": ("Ändrade kontaktuppgifter", "default"),
    "done": ("Registrerade eller beslutade", "default"),
    "merged": ("Slog ihop två registreringar", "default"),
    "erased": ("Raderade uppgifterna", "default"),
    "exported": ("Tog ut uppgifterna", "default"),
    "reviewed": ("Granskade loggen", "default"),
}
"""What came of a look, and its tone."""

PURPOSES: Final[Mapping[str, str]] = {
    "display": "visning vid en order, ett hjälpmedel eller ett byte",
    "ordering": "beställning",
    "delivery": "leverans eller hämtning",
    "invoicing": "faktura",
    "new_patient": "ny patient",
    "case": "ärende eller samtal",
    "emergency": "nödsituation",
    "add_person": "saknades i registret",
    "edit_contact": "kontaktuppgifter",
    "merge": "regionens besked",
    "extract": "utdrag ur loggen",
    "export": "uttag till personen",
    "erase": "beslut om radering",
    "log_review": "granskning av loggen",
}
"""What a look was for, where it is not an event: that is called by its noun."""

OUTCOMES: Final[Mapping[str, tuple[str, str]]] = {
    "in_order": ("I sin ordning", "success"),
    "look_into": ("Ska utredas", "warning"),
}
FOLLOW_UPS: Final[Mapping[str, str]] = {
    "ask_user": "Fråga användaren",
    "ask_unit_head": "Fråga enhetschefen",
    "incident": "Anmäl som personuppgiftsincident",
}

GRANTEES: Final[Mapping[str, str]] = {
    "prescriber": "Förskrivare",
    "requester": "Beställare",
    "customer_service": "Kundtjänst",
    "unit_head": "Enhetschef",
    "log_reviewer": "Loggranskare",
    "region_system": "Regionens system",
    "service": "Kvitts egna tjänster",
    "ops": "Regionens drift",
    "platform": "Plattformens drift",
}
"""Whom acts are granted to: one that is missing here is called by its code."""

REACHES: Final[Mapping[str, str]] = {
    "own": "det egna",
    "units": "egna enheter",
    "region": "hela regionen",
    "platform": "alla regioner",
}

SERVICES: Final[Mapping[str, str]] = {
    "orders": "Beställningar och personer",
    "bmb": "Byten (BMB)",
    "inventory": "Lager och hjälpmedel",
    "billing": "Fakturering",
    "notifications": "Meddelanden",
}

_NOUNS: Final[Mapping[str, str]] = {
    "application-draft": "utkast till ansökan",
    "article": "artikel",
    "attachment": "bilaga",
    "balances": "saldo",
    "basket-loan": "varukorgslån",
    "care-unit": "vårdenhet",
    "case": "ärende",
    "charge": "avgift",
    "covers": "vikariat",
    "custody": "innehav",
    "customer": "kund",
    "delivery": "leverans",
    "device": "hjälpmedel",
    "fault-report": "felanmälan",
    "hold": "spärr av individ",
    "home-region-case": "hemregionsärende",
    "invoice": "faktura",
    "ledger": "bokföring",
    "ledger-entries": "bokföringsposter",
    "ledger-period": "bokföringsperiod",
    "links": "länkar",
    "log-line": "rad i loggen",
    "log-sample": "stickprov ur loggen",
    "log-unit": "loggen per enhet",
    "message": "meddelande",
    "names": "namn på koder",
    "news": "nyhet",
    "order": "beställning",
    "order-draft": "utkast till beställning",
    "payer": "betalare",
    "payer-previews": "betalares månad",
    "person": "person",
    "person-accesses": "loggen över personer",
    "person-keys": "personers nycklar",
    "pickup": "hämtorder",
    "preview-findings": "månadens avvikelser",
    "print-file-fetches": "hämtade utskriftsfiler",
    "purchase-order": "inköpsorder",
    "receipt": "kvittens av direktleverans",
    "reconditioning": "rekonditionering",
    "refill": "påfyllnad",
    "region-sale": "försäljning till region",
    "replenishment": "lagerpåfyllnad",
    "replenishment-address": "adress för lagerpåfyllnad",
    "reservation": "reservation",
    "responsible": "kvitteringsansvarig",
    "return": "retur",
    "run": "månadens fakturering",
    "safety-level": "säkerhetsnivå",
    "search-index": "sökregister",
    "selection": "urval av fakturor",
    "set-aside": "avsatt",
    "stock-moves": "lagerjournal",
    "stocktaking": "inventering",
    "store": "förråd",
    "supplier": "leverantör",
    "supplier-invoice": "leverantörsfaktura",
    "supplier-return": "leverantörsretur",
    "takeover": "överköp",
    "template": "mall",
    "today": "dagens datum",
    "transfer": "byte av ansvar (BMB)",
    "user": "användare",
    "user-contact": "användares kontaktuppgifter",
    "wait": "det som väntar",
    "withdrawal": "uttag",
    "work-order": "arbetsorder",
}
_VERBS: Final[Mapping[str, str]] = {
    "accept": "acceptera",
    "access": "se behörigheter",
    "accesses": "lämna ut vem som har sett",
    "act": "agera",
    "add": "lägga till",
    "answer": "svara på",
    "apply": "ansöka om behörighet för",
    "apply-anew": "ansöka om behörighet för ny",
    "approve": "godkänna",
    "ask": "fråga i",
    "attach": "bifoga",
    "begin": "börja",
    "cancel": "avbryta",
    "choose": "öppna ur en sökning",
    "close": "avsluta",
    "contact": "ändra kontaktuppgifter för",
    "create": "skapa",
    "decide": "besluta om",
    "discard": "kasta",
    "draw": "dra",
    "erase": "radera",
    "export": "ta ut allt om",
    "find": "söka",
    "finish": "slutföra",
    "forward": "skicka vidare",
    "grant": "bevilja behörighet för",
    "list": "läsa",
    "merge": "slå ihop",
    "note": "anteckna på",
    "open": "öppna",
    "place": "lägga",
    "plan": "planera",
    "post": "bokföra",
    "preview": "förhandsgranska",
    "preview-erasure": "se vad en radering tar av",
    "print": "skriva ut",
    "print-extract": "lämna ut uppgifterna till",
    "refuse": "neka behörighet för",
    "publish": "publicera",
    "read": "läsa",
    "receive": "ta emot",
    "register": "registrera",
    "remove": "ta bort",
    "renumber": "ge nytt nummer till",
    "reject": "avslå",
    "report": "rapportera",
    "request": "begära",
    "resolve": "visa vem det är,",
    "review": "granska",
    "save": "spara",
    "scan": "skanna i",
    "search": "söka på det som är känt,",
    "send": "skicka",
    "show": "se",
    "sign-in": "logga in som",
    "start": "påbörja",
    "tell": "se varför, av",
    "unlock": "låsa upp",
    "void": "makulera",
    "withdraw": "dra tillbaka",
}


_ACTS: Final[Mapping[str, str]] = {"orders.person.open": "nödöppna person"}
"""Acts that say more than their verb does."""


def act_in_words(name: str) -> str:
    """An act of the table of access in words, `orders.order.place`: lägga beställning. One that has
    no words is called by its name.
    """
    if name in _ACTS:
        return _ACTS[name]
    _, _, rest = name.partition(".")
    noun, _, verb = rest.rpartition(".")
    said = (
        _NOUNS.get(noun)
        or _NOUNS.get(noun.removesuffix("s"))
        or _NOUNS.get(noun.removesuffix("es"))
        or noun.replace("-", " ")
    )
    return f"{_VERBS[verb]} {said}" if verb in _VERBS else f"{said}: {verb.replace('-', ' ')}"


def purpose_in_words(purpose: str) -> str:
    """What a look was for; of an event, what it is about: `orders.order.placed.v1`."""
    noun = ".".join(purpose.split(".")[1:2])
    return PURPOSES.get(purpose) or _NOUNS.get(noun, noun or purpose)


def grantee_in_words(grantee: str) -> str:
    """Whom an act is granted to."""
    return GRANTEES.get(grantee, grantee)
