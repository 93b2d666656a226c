"""Each kind of document as pictures, to be looked at: `python -m documents.tests.look FOLDER`."""

import sys
from pathlib import Path

import typst
from kvitt_documents import rendering
from kvitt_documents.rendering import Document

from documents.tests.builders import KINDS, an_invoice_of

DOCUMENTS: dict[str, Document] = {**KINDS, "two-pages": an_invoice_of(60)}


def main(folder: Path) -> None:
    """Write a PNG for each page of each kind."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, document in DOCUMENTS.items():
        typst.compile(
            str(rendering.TEMPLATES / f"{document.template}.typ"),
            output=str(folder / f"{name}-{{p}}.png"),
            root=str(rendering.TEMPLATES),
            font_paths=rendering.fonts(),
            sys_inputs=rendering.inputs(document),
            ppi=96,
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
