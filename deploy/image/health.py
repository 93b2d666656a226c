"""Asks the process of this container whether it lives: exit code 0, else 1. Standard library
only.
"""

import os
import ssl
import sys
import urllib.request


def main() -> int:
    """Ask `/health/live` on this container's own port; its own certificate is not judged."""
    has_tls = "KVITT_TLS_CERT_FILE" in os.environ
    port = os.environ.get("KVITT_HTTP_PORT", "8000")
    url = f"{'https' if has_tls else 'http'}://127.0.0.1:{port}/health/live"
    context = ssl._create_unverified_context() if has_tls else None
    try:
        with urllib.request.urlopen(url, timeout=4, context=context) as answer:
            return 0 if answer.status == 200 else 1
    except OSError:
        return 1


if __name__ == "__main__":
    sys.exit(main())
