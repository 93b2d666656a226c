"""Reads the address of a receiver. Whether it may be called is the rules' to say."""

from urllib.parse import unquote, urlsplit

from notifications.webhooks.domain import Address


def read_address(url: str) -> Address | None:
    """The address that a text is; None where it is none of the web."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    is_plain = url.isascii() and url.isprintable() and " " not in url and "\\" not in url
    if parts.scheme not in ("https", "http") or not is_plain:
        return None
    return Address(
        text=url,
        said=unquote(url),
        scheme=parts.scheme,
        host=parts.hostname or "",
        is_bare="@" not in parts.netloc and not parts.fragment,
    )
