"""What people, and others, write where something else is asked for; and whether an answer shows it
as text.
"""

from collections.abc import Iterable, Mapping
from itertools import cycle

import httpx

HOSTILE = {
    "script": "<script>alert('hostile')</script><b onclick=x>\"'",
    "image": '"><img src=x onerror=alert(1)>',
    "sql": "'; DROP TABLE orders; -- ' OR 1=1",
    "template": "{{ 7*7 }}",
    "rtl": "\u202e\u05d0\u0628\u062a \u200f\ufffd",
    "emoji": "\U0001f9d1\U0001f3fd\u200d\U0001f9bd e\u0301 \U0001f469\u200d\U0001f467",
    "long": "å" * 5_000,
    "empty": "",
    "blank": " \t \u00a0 ",
    "control": "a\x00b\x07\r\nc",
    "number": "-99999999999999999999",
    "path": "../../admin/idle?x=%00#%%%",
}


def is_text(shown: str) -> bool:
    """True unless something of HOSTILE stands in the HTML as more than text."""
    return not any(tag in shown for tag in ("<script>alert", "<b onclick", "<img src=x"))


async def wrong_answers(
    client: httpx.AsyncClient, address: str, whole: Mapping[str, str], fields: Iterable[str]
) -> list[str]:
    """Send a form that is right but for one of `fields`, which has a script, and then one of the
    other texts, by turns. Answers what fails by it, or shows it as more than text.
    """
    wrong = []
    for field, kind in zip(fields, cycle(HOSTILE), strict=False):
        for one in ("script", kind):
            answer = await client.post(address, data={**whole, field: HOSTILE[one]})
            if answer.status_code >= 500 or not is_text(answer.text):
                wrong.append(f"{field}, {one}: {answer.status_code}")
    return wrong
