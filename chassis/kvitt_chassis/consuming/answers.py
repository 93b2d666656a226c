"""What a region is answered that breaks the contract: refusals, in Swedish, that repeat nothing of
what came in. Pure.
"""

from kvitt_contracts.envelope import MAX_BYTES
from kvitt_contracts.refusals import Refused


def foreign_region() -> Refused:
    """It names another region than the one whose topic it came by."""
    return _contract(
        "FOREIGN_REGION",
        "ce_region",
        "Skriv regionens egen kod i ce_region: den som ämnet (topic) är till för.",
    )


def unknown_type() -> Refused:
    """Its type is in no version of the contract."""
    return _contract(
        "UNKNOWN_TYPE",
        "ce_type",
        "Typen finns inte. Skriv den som den står i listan över ämnets typer, med gemener och"
        " version: docs/integrators/topics.md, eller contracts/asyncapi.yaml. Skicka sedan"
        " meddelandet med ett nytt ce_id.",
    )


def wrong_topic() -> Refused:
    """Its type belongs on another topic."""
    return _contract(
        "WRONG_TOPIC", "ce_type", "Skicka meddelandet till den tjänst som tar emot dess typ."
    )


def not_yet() -> Refused:
    """Its type is reserved."""
    return _contract(
        "NOT_YET",
        "ce_type",
        "Kvitt tar inte emot den här typen än. Gör som hittills tills den tas i bruk, och skicka"
        " den då med ett nytt ce_id: det här är avvisat en gång för alla.",
    )


def subject_not_opaque() -> Refused:
    """Its subject holds, or may hold, a person's number."""
    return _contract(
        "INVALID_FIELD",
        "ce_subject",
        "Ange regionens eget id som ce_subject; ett nummer som hör till en person tas inte emot.",
    )


def personal_number(field: str) -> Refused:
    """An attribute holds what looks like a personal number."""
    return _contract(
        "INVALID_FIELD",
        field,
        f"Ta bort det som liknar ett personnummer ur {field}, och skicka igen med ett nytt id.",
    )


def broken_attribute(field: str) -> Refused:
    """An attribute is missing, is none, or is given twice."""
    return _contract(
        "INVALID_FIELD",
        field,
        "Rätta attributet efter docs/integrators/topics.md och skicka meddelandet med ett nytt"
        " ce_id.",
    )


def name_twice(field: str) -> Refused:
    """A name comes twice in one object of its body."""
    return _contract(
        "INVALID_FIELD",
        field,
        "Ange varje fält en gång i sitt objekt, och skicka meddelandet med ett nytt ce_id.",
    )


def unreadable_body() -> Refused:
    """Its body is not JSON."""
    return _contract(
        "UNREADABLE", "data", "Skicka innehållet som JSON i UTF-8, med ett nytt ce_id."
    )


def too_large() -> Refused:
    """It is larger than a contract allows."""
    return _contract(
        "TOO_LARGE",
        "data",
        f"Ett meddelande får vara högst {MAX_BYTES} byte. Dela upp det och skicka delarna med nya"
        " ce_id.",
    )


def version_taken() -> Refused:
    """The version of a fact came with other content before."""
    return _contract(
        "VERSION_TAKEN",
        "version",
        "Samma version har kommit med annat innehåll, och det gäller. Skicka rättelsen med en"
        " högre version och ett nytt ce_id.",
    )


def id_reused() -> Refused:
    """Its id came with other content before."""
    return _contract(
        "ID_REUSED",
        "ce_id",
        "Samma ce_id har kommit med annat innehåll, och besked är givet om det. Skicka det nya med"
        " ett nytt ce_id.",
    )


def _contract(reason: str, field: str, way_on: str) -> Refused:
    return Refused(reason, rule="contract", way_on=way_on, field=field)
