"""What a document says, as a reader of PDF finds it."""

import io
import re

from pypdf import PdfReader


def pages(content: bytes) -> list[str]:
    """What each page says, spaces and breaks of lines made one space, broken words made whole."""
    return [
        re.sub(r"\s+", " ", page.extract_text().replace("\N{ZERO WIDTH SPACE}", ""))
        for page in PdfReader(io.BytesIO(content)).pages
    ]
