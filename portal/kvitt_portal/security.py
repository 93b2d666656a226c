"""In front of every page: what may be sent here, and what a browser may do with what comes back."""

import re
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import unquote, urlsplit

from kvitt_chassis.web.body_bounds import Bound, BoundedBody
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kvitt_portal.numbers import holds_number

MAX_BODY_BYTES = 256 * 1024
# decision 0535: a slow form is let go
FORM_SECONDS = 10.0
FILE_SECONDS = 120.0
"""So long may a form take from the end of its head, and one with a file: then 408, and the
connection is closed.
"""
_FILE: Final = 26 * 1024 * 1024
UPLOADS: Mapping[re.Pattern[str], int] = {
    re.compile("/leverantorsfakturor/ny/fil"): 10 * 1024 * 1024 + MAX_BODY_BYTES,
    re.compile("/bestallningar/ny/bilaga"): _FILE,
    re.compile("/bestallningar/[^/]+/bilagor"): _FILE,
    re.compile("/artiklar/[^/]+/filer"): _FILE,
}
"""Where files are sent, and how large the body may be: each service has its own limit of a file."""

POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",  # FKUI's style holds its small pictures
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)

_EVERYWHERE: Sequence[tuple[str, str]] = (
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), microphone=(), geolocation=()"),
)
_LENGTH = re.compile("[0-9]{1,18}")
_A_YEAR = "public, max-age=31536000, immutable"
_FOUND = frozenset({200, 304})
_SAFE = frozenset({"GET", "HEAD"})


# decision 0296: a form is believed by where the browser says that it comes from
class Guarded:
    """Headers on every answer; no form from elsewhere, no number in an address, no body that is
    large or slow.
    """

    def __init__(self, app: ASGIApp, *, address: str) -> None:
        self._app = app
        self._address = address.rstrip("/")
        self._is_secure = address.startswith("https://")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request (ASGI)."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        bound = _bound(scope)
        refused = self._refusal_of(scope, bound)
        app = self._app if refused is None else refused

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._give_headers(MutableHeaders(scope=message), scope, message["status"])
            await send(message)

        await app(scope, BoundedBody(receive, bound), with_headers)

    def _refusal_of(self, scope: Scope, bound: Bound) -> ASGIApp | None:
        headers = Headers(scope=scope)
        query = scope["query_string"].decode("latin-1").replace("+", " ")
        if holds_number(unquote(unquote(f"{scope['path']}?{query}"))):
            said = "Ett personnummer får inte stå i en adress. Sök personen överst på startsidan."
            return PlainTextResponse(said, 400)
        if "transfer-encoding" in headers:  # its size is not known before it has come
            said = "Det som skickades säger inte hur stort det är."
            return PlainTextResponse(said, 411, headers={"Connection": "close"})
        length = headers.get("content-length", "0")
        if not _LENGTH.fullmatch(length) or int(length) > bound.bytes:
            return PlainTextResponse("Det som skickades är för stort.", 413)
        if scope["method"] not in _SAFE and not self._is_ours(headers):
            return PlainTextResponse("Formuläret kom inte från portalen. Öppna sidan igen.", 403)
        return None

    def _is_ours(self, headers: Headers) -> bool:
        site = headers.get("sec-fetch-site")
        if site is not None and site != "same-origin":
            return False
        origin = headers.get("origin")
        if origin is None:
            return site == "same-origin"
        return origin == _origin(self._address)

    def _give_headers(self, headers: MutableHeaders, scope: Scope, status: int) -> None:
        for name, value in _EVERYWHERE:
            headers.setdefault(name, value)
        if self._is_secure:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        is_asset = scope["path"].startswith("/static/") and scope["query_string"]
        lasts = is_asset and status in _FOUND
        headers.setdefault("Cache-Control", _A_YEAR if lasts else "no-store")


def _bound(scope: Scope) -> Bound:
    for path, most in UPLOADS.items():
        if path.fullmatch(scope["path"]):
            return Bound(most, FILE_SECONDS)
    return Bound(MAX_BODY_BYTES, FORM_SECONDS)


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
