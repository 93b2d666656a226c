"""What the integrators' pages say that one is answered, some test asks the running code for."""

import re
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[1]
PAGES: Final = ROOT / "docs" / "integrators"

_AUTH: Final = "chassis/tests/test_auth.py"
_MESSAGES: Final = "services/orders/tests/test_region_messages.py"
_WEBHOOKS: Final = "services/notifications/tests/test_webhooks_page.py"
ASKED: Final = {
    "ADDRESS_NOT_PUBLIC": _WEBHOOKS,
    "CERTIFICATE": _WEBHOOKS,
    "CURSOR_OF_ANOTHER_FEED": _WEBHOOKS,
    "CUSTOMER_SERVICE_ONLY": "services/bmb/tests/test_expiring.py",
    "FORBIDDEN": "services/orders/tests/test_access.py",
    "FOREIGN_REGION": _AUTH,
    "GROUP_AUTHORIZATION_FAILED": "deploy/tests/test_access.py",
    "HTTP_500": _WEBHOOKS,
    "ID_REUSED": "chassis/tests/answering/test_other_content.py",
    "INVALID_TOKEN": _AUTH,
    "KEYS_UNAVAILABLE": "chassis/tests/test_http_guard.py",
    "NOT_AT_SERVICE_POINT": "services/bmb/tests/test_responsibles.py",
    "NOT_ELECTRONIC": "services/billing/tests/test_electronic_invoices.py",
    "NOT_MADE_YET": "services/billing/tests/test_electronic_invoices.py",
    "NOT_YET": "chassis/tests/test_reserved_types.py",
    "NOT_YOUR_ORDER": "services/orders/tests/test_order_states.py",
    "NO_PART_IN_DEVICE": "services/bmb/tests/test_parties.py",
    "NO_TOKEN": "chassis/tests/test_http_guard.py",
    "OTHER_WAY_TO_SIGN_IN": "chassis/tests/test_access.py",
    "TIMEOUT": _WEBHOOKS,
    "TOKEN_EXPIRED": _AUTH,
    "TOKEN_LIVES_TOO_LONG": _AUTH,
    "TOO_LARGE": _MESSAGES,
    "UNKNOWN_ISSUER": _AUTH,
    "UNKNOWN_KEY": _AUTH,
    "UNKNOWN_TYPE": _MESSAGES,
    "UNKNOWN_USER": "services/orders/tests/test_order_flow.py",
    "UNREADABLE": _MESSAGES,
    "VERSION_TAKEN": "chassis/tests/answering/test_other_content.py",
}
"""Each, and the test that asks for it."""
_NO_ANSWERS: Final = re.compile(r"KAFKA_\w+|KVITT_\w+|SASL_\w+|CE_ID|ISO_\w+")
_CODE: Final = re.compile(
    r"`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|CERTIFICATE|FORBIDDEN|TIMEOUT|UNREADABLE)`"
)


def test_each_answer_that_a_page_names_is_asked_for() -> None:
    named = {
        code for page in PAGES.rglob("*.md") for code in _CODE.findall(page.read_text("utf-8"))
    }

    assert {code for code in named if not _NO_ANSWERS.fullmatch(code)} == ASKED.keys()


@pytest.mark.parametrize("code", ASKED)
def test_the_test_that_asks_for_it_names_it(code: str) -> None:
    assert re.search(rf"\b{code}\b", (ROOT / ASKED[code]).read_text("utf-8"))
