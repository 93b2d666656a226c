import asyncio
import io
import os
import re
import shutil
import subprocess
import sys
import unicodedata
from dataclasses import replace
from datetime import date
from pathlib import Path
from time import perf_counter

import pytest
import typst
from kvitt_documents import rendering
from kvitt_documents.rendering import (
    MAX_ROWS,
    TEMPLATES,
    Data,
    DocumentError,
    DocumentTooLarge,
    print_document,
    render,
)
from kvitt_documents.showing import shown
from pypdf import PdfReader
from pypdf.generic import DictionaryObject, IndirectObject, StreamObject

from documents.tests.builders import (
    NASTY,
    a_line,
    a_nasty_invoice,
    an_invoice,
    an_invoice_of,
    an_invoice_to_pay,
)
from documents.tests.reading import pages

ROOT = Path(__file__).parents[2]
FROM_THE_RIGHT = {"R", "AL"}
"""What is written so is read in the order of its glyphs by the reader that these tests use."""


def compact(text: str) -> str:
    """A text without what lines are broken by, and without ligatures."""
    return re.sub(r"[\s\u200b]+", "", unicodedata.normalize("NFKC", text))


def elements(content: bytes) -> list[DictionaryObject]:
    """The elements of the structure, in the order in which they are read."""
    found: list[DictionaryObject] = []

    def walk(node: object) -> None:
        node = node.get_object() if isinstance(node, IndirectObject) else node
        if isinstance(node, list):
            for one in node:
                walk(one)
        elif isinstance(node, DictionaryObject):
            if "/S" in node:
                found.append(node)
            walk(node.get("/K"))

    walk(PdfReader(io.BytesIO(content)).root_object["/StructTreeRoot"])
    return found


def test_an_invoice_says_in_swedish_who_pays_what_for_what() -> None:
    (page,) = pages(render(an_invoice()))

    for text in (
        "Faktura AC-2026-000001",
        "Betalare: 81004 Vilhelmina kommun",
        "Avser månaden: 2026-05",
        "Utställd: 2026-06-01",
        "Slag Artikel Hjälpmedel Dagar Antal Belopp Moms",
        "Hyra 31603-02 Rullator R40211 2026-05-01 till 2026-05-31 1 123,45 kr 25 %",
        "Att betala 154,31 kr",
        "Sida 1 av 1",
    ):
        assert text in page


def test_an_invoice_says_until_when_and_by_which_reference_it_is_paid() -> None:
    (page,) = pages(render(an_invoice_to_pay()))

    assert "Akut hämtning T-100" in page
    assert "Portoersättning T-100" in page
    assert "Utställd: 2026-06-01 Sista betalningsdag: 2026-07-01 OCR-nummer: 20260000011" in page


@pytest.mark.parametrize("template", ["invoice-1", "invoice-2"])
def test_what_is_not_said_of_a_payment_is_left_out(template: str) -> None:
    (page,) = pages(render(replace(an_invoice(), template=template)))

    assert "Utställd: 2026-06-01 Specifikation" in page


@pytest.mark.rule("BIL-9l")
@pytest.mark.parametrize("name", NASTY)
def test_a_name_is_text_whatever_it_says(name: str) -> None:
    text = "".join(pages(render(an_invoice(payer=name, lines=[a_line(name)]))))

    assert "Att betala" in text
    if not {unicodedata.bidirectional(one) for one in name} & FROM_THE_RIGHT:
        assert compact(text).count(compact(shown(name))) >= 2


@pytest.mark.parametrize("path", ["../outside.txt", "/../outside.txt", "/etc/hostname"])
def test_a_template_reads_nothing_outside_its_folder(
    path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "templates"
    shutil.copytree(TEMPLATES, folder)
    monkeypatch.setattr(rendering, "TEMPLATES", folder)
    (tmp_path / "outside.txt").write_text("outside")
    (folder / "inside.txt").write_text("inside")
    whole = (folder / "invoice-1.typ").read_text()
    for name, read in (("reads-inside", "inside.txt"), ("reads-outside", path)):
        (folder / f"{name}.typ").write_text(f'{whole}\n#read("{read}")\n')

    assert "inside" in "".join(pages(render(replace(an_invoice(), template="reads-inside"))))
    with pytest.raises(DocumentError, match="cannot be made"):
        render(replace(an_invoice(), template="reads-outside"))


def test_the_bytes_are_the_same_in_another_process_with_other_fonts_zone_and_place(
    tmp_path: Path,
) -> None:
    making = (
        "import sys; from documents.tests.builders import a_nasty_invoice;"
        "from kvitt_documents.rendering import render;"
        "sys.stdout.buffer.write(render(a_nasty_invoice()))"
    )
    elsewhere = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "TZ": "Asia/Tokyo",
        "LANG": "ja_JP.UTF-8",
        "HOME": str(tmp_path),
        "XDG_DATA_HOME": str(tmp_path),
        "TYPST_FONT_PATHS": "/usr/share/fonts",
        "SOURCE_DATE_EPOCH": "1",
    }
    done = subprocess.run(
        [sys.executable, "-c", making], cwd=tmp_path, env=elsewhere, capture_output=True, check=True
    )

    assert done.stdout == render(a_nasty_invoice())


def test_a_month_of_long_documents_takes_no_more_memory_than_a_few() -> None:
    making = (
        "import sys\n"
        "from resource import RUSAGE_SELF, getrusage\n"
        "from kvitt_documents.rendering import render\n"
        "from documents.tests.builders import an_invoice_of\n"
        "for made in range(16):\n"
        "    if made == 4:\n"
        "        print(getrusage(RUSAGE_SELF).ru_maxrss)\n"
        "    render(an_invoice_of(500))\n"
        "print(getrusage(RUSAGE_SELF).ru_maxrss)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", making], cwd=ROOT, capture_output=True, check=True, text=True
    )

    of_a_few, of_many = map(int, done.stdout.split())  # KiB
    assert of_many < 1.2 * of_a_few


@pytest.mark.rule("BIL-9k")
def test_a_document_says_its_title_language_and_day_and_nothing_of_who_pays() -> None:
    reader = PdfReader(io.BytesIO(render(an_invoice(payer="patient, referens 5f0c"))))

    root = reader.root_object
    assert str(root["/Lang"]) == "sv-SE"
    assert "'/DisplayDocTitle': True" in str(root["/ViewerPreferences"])
    metadata = reader.metadata
    assert metadata is not None
    assert metadata.title == "Faktura AC-2026-000001"
    assert metadata.creation_date is not None
    assert metadata.creation_date.date() == date(2026, 6, 1)
    assert metadata.author is None
    packet = root["/Metadata"].get_object()
    assert isinstance(packet, StreamObject)
    assert "5f0c" not in packet.get_data().decode() + str(metadata)


@pytest.mark.rule("BIL-9k")
def test_a_document_is_read_in_order_heading_by_heading_and_cells_know_their_heads() -> None:
    found = elements(render(an_invoice()))

    kinds = [str(one["/S"]) for one in found]
    assert [kind for kind in kinds if kind.startswith("/H")] == ["/H1", "/H2", "/H2"]
    assert kinds.count("/Table") == 2
    assert kinds.count("/TH") == 7 + 2
    assert kinds.count("/TD") == 7 + 3 * 2
    heads = [one for one in found if str(one["/S"]) == "/TH"]
    assert all("/Column" in str(one["/A"]) for one in heads)
    assert kinds.index("/H1") < kinds.index("/P") < kinds.index("/Table")


def test_each_page_of_a_long_document_has_the_heads_and_its_number() -> None:
    found = pages(render(an_invoice_of(150)))

    assert len(found) >= 3
    for number, page in enumerate(found, start=1):
        assert f"Sida {number} av {len(found)}" in page
        assert "Slag Artikel" in page or "Rullator" not in page


def test_each_line_of_a_long_document_stands_on_it() -> None:
    text = "".join(pages(render(an_invoice_of(150))))

    assert all(f"{number:05} Rullator" in text for number in range(150))


def test_a_document_with_too_many_rows_is_refused_before_it_is_begun() -> None:
    with pytest.raises(DocumentTooLarge, match=f"invoice-2: more than {MAX_ROWS} rows"):
        render(an_invoice_of(MAX_ROWS + 1))


def test_an_unknown_template_is_an_error_that_names_it() -> None:
    with pytest.raises(DocumentError, match="invoice-0: there is no such template"):
        render(replace(an_invoice(), template="invoice-0"))


class Wrong:
    """A document that lacks what its template shows."""

    template = "invoice-1"
    issued_on = date(2026, 6, 1)

    def data(self) -> Data:
        return {"title": "Faktura till Anna Andersson"}


def test_a_fault_of_a_template_tells_nothing_of_the_data() -> None:
    with pytest.raises(DocumentError) as raised:
        render(Wrong())

    assert str(raised.value) == "invoice-1: it cannot be made of this data"
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__


class PanicException(BaseException):
    """As what is written in Rust raises it, where it should have gone on."""


def test_a_fault_of_typst_itself_is_an_error_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def panics(*arguments: object, **options: object) -> bytes:
        raise PanicException("called `Option::unwrap()` on a `None` value")

    monkeypatch.setattr(typst, "compile", panics)

    with pytest.raises(DocumentError, match="invoice-2: typst ended in the middle of it"):
        render(an_invoice())


async def test_the_event_loop_goes_on_while_a_long_document_is_made() -> None:
    beats = 0

    async def beat() -> None:
        nonlocal beats
        while True:
            await asyncio.sleep(0.005)
            beats += 1

    beating = asyncio.create_task(beat())
    since = perf_counter()
    await print_document(an_invoice(lines=[a_line(f"Säng {n}") for n in range(500)]))
    seconds = perf_counter() - since
    beating.cancel()

    assert beats > seconds / 0.005 / 10


def test_no_template_names_a_file_or_a_package_outside_its_folder() -> None:
    for file in TEMPLATES.glob("*.typ"):
        imported = re.findall(r'#?(?:import|include|read|image)\s*\(?"([^"]+)"', file.read_text())
        assert {Path(one).name for one in imported} == set(imported), file.name
