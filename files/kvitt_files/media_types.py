"""What a file is, by what it begins with; never by its name or by what its sender says."""

import codecs
from typing import Final

PDF, PNG, JPEG, TEXT = "application/pdf", "image/png", "image/jpeg", "text/plain"

# decision 0376: three signatures that their standards fix, and no library that guesses
_SIGNATURES: Final = {PDF: b"%PDF-", PNG: b"\x89PNG\r\n\x1a\n", JPEG: b"\xff\xd8\xff"}
_LONGEST: Final = max(map(len, _SIGNATURES.values()))
_NOT_IN_TEXT: Final = frozenset(map(chr, range(32))) - set("\t\n\f\r") | {"\x7f", "\ufffe"}


class Look:
    """Looks at a file as its pieces come; afterwards `media_type` says what it is, None what it is
    not known to be. An empty one is nothing.
    """

    def __init__(self) -> None:
        self.media_type: str | None = None
        self._head = b""
        self._decoder: codecs.IncrementalDecoder | None = None

    def at(self, piece: bytes) -> None:
        """Look at the next piece."""
        if self._decoder is not None:
            self._read_text(piece)
        elif len(self._head) < _LONGEST:
            self._head += piece
            if len(self._head) >= _LONGEST:
                self._decide()

    def end(self) -> None:
        """There is no more."""
        if self._head and self._decoder is None and self.media_type is None:
            self._decide()
        if self._decoder is not None:
            self._read_text(b"", is_last=True)

    def _decide(self) -> None:
        for media_type, signature in _SIGNATURES.items():
            if self._head.startswith(signature):
                self.media_type = media_type
                return
        self.media_type = TEXT
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._read_text(self._head)

    def _read_text(self, piece: bytes, *, is_last: bool = False) -> None:
        assert self._decoder is not None
        if self.media_type is None:
            return
        try:
            text = self._decoder.decode(piece, is_last)
        except UnicodeDecodeError:
            self.media_type = None
            return
        if not _NOT_IN_TEXT.isdisjoint(text):
            self.media_type = None
