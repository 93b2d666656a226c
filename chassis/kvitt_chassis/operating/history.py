"""What a service emitted and applied, as JSON lines for the faults' checker. Written only with
KVITT_HISTORY.
"""

import json
import os
import time
from pathlib import Path


class History:
    """Appends to `<directory>/<service>-<pid>.jsonl`; each call is one write, so a kill leaves no
    half line.

    Without a directory nothing is written. Topics are without the tests' prefix; `event_id` as
    text; `at` is real time in seconds, read after the acknowledgement or the commit.
    """

    def __init__(self, directory: Path | None, service: str) -> None:
        self._file: int | None = None
        self._service = service
        if directory is not None:
            directory.mkdir(parents=True, exist_ok=True)
            path = directory / f"{service}-{os.getpid()}.jsonl"
            self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    @property
    def is_written(self) -> bool:
        """False without a directory: gathering the lines can be spared."""
        return self._file is not None

    def emitted(self, records: list[tuple[str, str, int, str]]) -> None:
        """Kafka has acknowledged these (topic, key, seq, event id)."""
        self._write("emitted", records)

    def applied(self, records: list[tuple[str, str, int, str]]) -> None:
        """The effects of these (topic, key, seq, event id) are committed."""
        self._write("applied", records)

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _write(self, what: str, records: list[tuple[str, str, int, str]]) -> None:
        if self._file is None or not records:
            return
        at = time.time()
        lines = (
            json.dumps(
                {
                    "what": what,
                    "service": self._service,
                    "topic": topic,
                    "key": key,
                    "seq": seq,
                    "id": event_id,
                    "at": at,
                },
                separators=(",", ":"),
            )
            + "\n"
            for topic, key, seq, event_id in records
        )
        os.write(self._file, "".join(lines).encode())
