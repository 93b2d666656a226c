"""Files that their owner alone may read or write. Knows nothing of what stands in them."""

import os
import threading
from pathlib import Path

_OTHERS = 0o077


def write_private(file: Path, text: str) -> None:
    """Write a file whole or not at all, also where the machine goes down. Raises OSError."""
    # who reads meanwhile reads a whole file, and two threads write a draft each
    draft = file.with_name(f".{file.name}.{os.getpid()}.{threading.get_ident()}")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(file)


def read_private(file: Path) -> str:
    """What stands in a file. Raises ValueError where others than its owner may read or write it,
    and OSError.
    """
    if file.stat().st_mode & _OTHERS:
        raise ValueError(f"{file} may be read by others: chmod 600 {file}")
    return file.read_text(encoding="utf-8")
