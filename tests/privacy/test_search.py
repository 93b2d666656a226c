"""The search itself: every form of a number, every encoding, nothing that is not there."""

import base64
import gzip
import json
import unicodedata
import zlib
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import quote, quote_plus

import pytest
from kvitt_documents.invoices import InvoiceDocument
from kvitt_documents.rendering import render

from documents.tests.builders import an_invoice
from tests.privacy.search import Sought, forms_of

NUMBER = "191203049869"
NAME = "Gästvin Samordén"
SOUGHT = Sought.of(words=[NAME], numbers=[NUMBER])


def _percent(text: str) -> str:
    return quote(text, safe="")


def _percent_twice(text: str) -> str:
    return _percent(_percent(text))


def _escaped(text: str) -> str:
    return "".join(f"\\u{ord(letter):04X}" for letter in text)


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _base64_of_urls(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _hexadecimal(text: str) -> str:
    return text.encode().hex()


def _latin_1(text: str) -> bytes:
    return text.encode("latin-1")


def _html(text: str) -> str:
    return "".join(f"&#{ord(letter)};" if ord(letter) > 127 else letter for letter in text)


def _in_parts(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def _utf_16(text: str) -> bytes:
    return text.encode("utf-16-le")


def _packed(text: str) -> bytes:
    return gzip.compress(text.encode())


def _deflated(text: str) -> bytes:
    return zlib.compress(text.encode())


def _packed_in_base64(text: str) -> str:
    return base64.b64encode(_packed(text)).decode()


ENCODINGS: list[Callable[[str], str | bytes]] = [
    *(str, str.upper, str.encode, json.dumps, quote_plus, _percent, _percent_twice, _escaped),
    *(_base64, _base64_of_urls, _hexadecimal, _latin_1, _html, _in_parts, _utf_16),
    *(_packed, _deflated, _packed_in_base64),
]


def test_a_number_is_written_in_every_way_that_people_do() -> None:
    assert forms_of(NUMBER) == {
        *("191203049869", "19120304-9869", "19120304+9869", "19120304 9869"),
        *("1203049869", "120304-9869", "120304+9869", "120304 9869"),
    }


@pytest.mark.parametrize("text", sorted({*forms_of(NUMBER), NAME}))
@pytest.mark.parametrize("encode", ENCODINGS)
def test_every_text_is_found_in_every_encoding(
    text: str, encode: Callable[[str], str | bytes]
) -> None:
    assert text.casefold() in SOUGHT.within(encode(f"before {text} after"))


def test_a_text_is_found_among_bytes_that_are_no_text() -> None:
    assert NAME.casefold() in SOUGHT.within(b"\xff\xfe\x00" + NAME.encode() + b"\x80")


def _of_two(document: InvoiceDocument) -> bytes:
    return render(an_invoice()) + b"\n" + render(document)


@pytest.mark.parametrize("text", sorted({*forms_of(NUMBER), NAME}))
@pytest.mark.parametrize(
    "document", [an_invoice(payer="{}"), replace(an_invoice(), title="{}")], ids=["page", "title"]
)
def test_every_text_is_found_in_a_document(text: str, document: InvoiceDocument) -> None:
    holding = replace(
        document, payer=document.payer.format(text), title=document.title.format(text)
    )

    assert text.casefold() in SOUGHT.within(_of_two(holding))
    assert SOUGHT.within(_of_two(an_invoice())) == set()


@pytest.mark.parametrize("text", ["191203049868", "Gästvin  Samordén", "", "1203-049869"])
def test_what_is_not_there_is_not_found(text: str) -> None:
    assert SOUGHT.within(text) == set()
    assert SOUGHT.search([("here", text)]) == []
