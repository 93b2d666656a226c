"""What a service's log says of why it ended."""

import json
from pathlib import Path


def last_reason(log: Path, *, lines: int = 15) -> str:
    """The last critical line of a service's log, else the log's end."""
    said = log.read_text(errors="replace").splitlines() if log.exists() else []
    for line in reversed(said[-200:]):
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict) and entry.get("level") == "CRITICAL":
            error = f" ({entry['error']})" if "error" in entry else ""
            return f"{entry.get('message')}{error}."
    return "\n".join([*said[-lines:], ""])
