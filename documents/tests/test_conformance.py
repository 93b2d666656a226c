"""Each kind of document is what it claims to be, whatever stands in it: so says a judge."""

import io

import pytest
from kvitt_documents.rendering import Document, render
from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject

from documents.tests import verapdf
from documents.tests.builders import KINDS, an_invoice_of

pytestmark = [pytest.mark.long(seconds=30)]

CLAIMED = {"PDF/A-3a", "PDF/UA-1"}
DOCUMENTS: dict[str, Document] = {**KINDS, "2000-lines": an_invoice_of(2_000)}


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, verapdf.Verdict]:
    """Of every document, and of one whose tags were taken out, in one run of the judge."""
    jar, directory = verapdf.provide(), tmp_path_factory.mktemp("documents")
    files = {name: render(document) for name, document in DOCUMENTS.items()}
    files["without-tags"] = without_tags(files["invoice"])
    for name, content in files.items():
        (directory / name).with_suffix(".pdf").write_bytes(content)
    return verapdf.judge(jar, sorted(directory.iterdir()))


@pytest.mark.rule("BIL-9k")
@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_can_be_read_by_everybody_and_kept(
    name: str, verdicts: dict[str, verapdf.Verdict]
) -> None:
    assert verdicts[name] == {profile: [] for profile in CLAIMED}


def test_the_judge_sees_what_is_missing(verdicts: dict[str, verapdf.Verdict]) -> None:
    broken = verdicts["without-tags"]

    assert broken.keys() == CLAIMED
    assert all(broken.values())


def without_tags(content: bytes) -> bytes:
    """The document without its structure: nobody can have it read aloud in order."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(content)))
    del writer.root_object[NameObject("/StructTreeRoot")]
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()
