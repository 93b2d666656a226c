"""Whom a client trusts over TLS. Reading all authorities costs more than most requests: the context
is made once in a process, and shared by its clients.
"""

import ssl
from functools import cache


@cache
def trusted() -> ssl.SSLContext:
    """A client's context with the authorities that httpx trusts by itself; change nothing of it."""
    import httpx  # 5 MiB, of use to a process that asks somebody alone

    return httpx.create_ssl_context()
