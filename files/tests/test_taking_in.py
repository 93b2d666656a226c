"""What is sent is bounded, looked at and summed as it comes."""

import hashlib
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kvitt_files.media_types import JPEG, PDF, PNG, TEXT, Look
from kvitt_files.taking_in import Empty, Intake, OtherThanSaid, TooLarge

PDF_FILE = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"
PNG_FILE = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
JPEG_FILE = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"
TEXT_FILE = "Hörapparaten piper.\nBatteriet är nytt.\n".encode()
ZIP_FILE = b"PK\x03\x04\x14\x00\x00\x00"
PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00"


async def cut(content: bytes, size: int = 3) -> AsyncIterator[bytes]:
    """Content in pieces."""
    for start in range(0, len(content), size):
        yield content[start : start + size]


async def taken_in(content: bytes, *, said: str, limit: int = 1000, size: int = 3) -> Intake:
    """What comes of taking in content."""
    intake = Intake(cut(content, size), said=said, limit=limit)
    assert b"".join([piece async for piece in intake]) == content
    return intake


def looked_at(content: bytes, size: int = 3) -> str | None:
    """What a file is found to be."""
    look = Look()
    for start in range(0, len(content), size):
        look.at(content[start : start + size])
    look.end()
    return look.media_type


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (PDF_FILE, PDF),
        (PNG_FILE, PNG),
        (JPEG_FILE, JPEG),
        (TEXT_FILE, TEXT),
        (b"Kort", TEXT),
        ("Å".encode(), TEXT),
        (b"%PD", TEXT),
        (ZIP_FILE, None),
        (PROGRAM, None),
        (b"\xc3", None),
        (b"Hej \xff", None),
        (b"Hej\x00", None),
        (b"\x1b[31mHej", None),
        (b" %PDF-1.7", TEXT),
        (b"", None),
    ],
)
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_a_file_is_what_it_begins_with(content: bytes, media_type: str | None, size: int) -> None:
    assert looked_at(content, size) == media_type


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cn"]), min_size=1))
def test_any_text_is_text(text: str) -> None:
    assert looked_at(text.encode()) == TEXT


@pytest.mark.parametrize("content", [PDF_FILE, TEXT_FILE])
async def test_what_came_is_summed(content: bytes) -> None:
    intake = await taken_in(content, said=looked_at(content) or "")

    found = intake.taken_in
    assert (found.size, found.media_type) == (len(content), looked_at(content))
    assert found.sha256 == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    ("content", "said"),
    [(TEXT_FILE, PDF), (PDF_FILE, TEXT), (PNG_FILE, JPEG), (ZIP_FILE, PDF), (PROGRAM, TEXT)],
)
async def test_what_is_not_what_it_says_is_not_taken_in(content: bytes, said: str) -> None:
    with pytest.raises(OtherThanSaid):
        await taken_in(content, said=said)


async def test_what_is_too_large_ends_when_it_is() -> None:
    passed_on = [0]

    async def pass_on() -> None:
        async for piece in Intake(cut(TEXT_FILE * 100), said=TEXT, limit=100):
            passed_on[0] += len(piece)

    with pytest.raises(TooLarge):
        await pass_on()

    assert passed_on[0] <= 100


async def test_nothing_is_not_taken_in() -> None:
    with pytest.raises(Empty):
        await taken_in(b"", said=TEXT)


def test_what_has_not_come_to_its_end_is_nothing_yet() -> None:
    with pytest.raises(ValueError, match="end"):
        _ = Intake(cut(TEXT_FILE), said=TEXT, limit=100).taken_in
