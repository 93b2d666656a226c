"""What orders is asked for when a mail is sent: an address, and a document. A job alone asks."""

import logging
from base64 import b64decode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, TypeVar

import jwt
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from jwt.algorithms import ECAlgorithm
from kvitt_chassis.secret_files import stamp_of
from kvitt_chassis.token_keys import thumbprint
from kvitt_contracts.access import Grantee
from kvitt_contracts.types import RegionCode, UserId
from pydantic import BaseModel, ValidationError

from notifications.emails.domain import Email
from notifications.emails.letters import Attachment

log = logging.getLogger(__name__)

ISSUER: Final = "kvitt-notifications"
AUDIENCE: Final = "kvitt-orders"
LIFETIME: Final = timedelta(minutes=1)
_ANSWER_SECONDS: Final = 20.0


class OrdersAway(Exception):
    """Orders does not answer, or not as it should: ask again later."""


class OrdersRefuses(Exception):
    """Orders says why the mail is not to be sent; `reason` is its code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Contents:
    """Where a mail goes, and what goes along. Kept by nobody."""

    to: str
    attachment: Attachment | None = None


class _Contact(BaseModel):
    to: str


class _Mail(_Contact):
    purchase_order_number: str
    document: str


class _Problem(BaseModel):
    reason: str


A = TypeVar("A", bound=BaseModel)


# decision 0461: a token of its own, for orders alone, for a minute
class Orders:
    """Orders' HTTP API, asked in the name of this service. Raises OSError and ValueError for a key
    file that is none.
    """

    def __init__(self, url: str, key_file: Path) -> None:
        import httpx  # of use to a process that sends mails

        self._key_file = key_file
        self._key: Any = None
        self._key_id = ""
        self._stamp: tuple[int, ...] = ()
        self._read_key()
        self._client = httpx.AsyncClient(base_url=url, timeout=_ANSWER_SECONDS, trust_env=False)

    async def contents_of(self, email: Email, *, region: RegionCode) -> Contents:
        """Where a mail is to be sent now, and what goes along.

        Raises OrdersAway, OrdersRefuses.
        """
        if email.to_kind == "supplier":
            path = f"/purchase-orders/{email.about_id}:resolve-mail"
            mail = await self._ask(path, {}, _Mail, region=region)
            document = b64decode(mail.document)
            return Contents(mail.to, Attachment(mail.purchase_order_number, document))
        body = {"user_id": UserId(email.to_id)}
        contact = await self._ask("/users:resolve-contact", body, _Contact, region=region)
        return Contents(contact.to)

    async def close(self) -> None:
        """Close every connection."""
        await self._client.aclose()

    async def _ask(
        self, path: str, body: dict[str, Any], answers: type[A], *, region: RegionCode
    ) -> A:
        import httpx

        headers = {"Authorization": f"Bearer {self._token(region)}"}
        try:
            answer = await self._client.post(path, json=body, headers=headers)
            if answer.status_code == httpx.codes.OK:
                return answers.model_validate_json(answer.content)
            reason = _Problem.model_validate_json(answer.content).reason
        except httpx.HTTPError as error:
            raise OrdersAway(type(error).__name__) from error
        except ValidationError:  # its text may hold the address
            raise OrdersAway("an answer that is none of orders'") from None
        if answer.status_code in _REFUSALS and reason != _NO_ROUTE:
            raise OrdersRefuses(reason)
        raise OrdersAway(f"{answer.status_code}")

    def _read_key(self) -> None:
        """Read the key where its file has changed: orders believes both public ones meanwhile."""
        stamp = stamp_of(self._key_file)
        if stamp == self._stamp:
            return
        try:
            key: Any = load_pem_private_key(self._key_file.read_bytes(), password=None)
            key_id = thumbprint(ECAlgorithm.to_jwk(key.public_key(), as_dict=True))
        except (OSError, ValueError, TypeError, jwt.InvalidKeyError) as error:  # or of another kind
            if self._key is None:
                raise
            log.error("KVITT_MAIL_KEY_FILE was not read anew: %s", type(error).__name__)
        else:
            self._key, self._key_id = key, key_id
        self._stamp = stamp

    def _token(self, region: RegionCode) -> str:
        self._read_key()
        now = datetime.now(UTC)
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": "notifications",
            "region": region,
            "roles": [Grantee.SERVICE],
            "iat": now,
            "exp": now + LIFETIME,
        }
        return jwt.encode(claims, self._key, "ES256", headers={"kid": self._key_id})


_REFUSALS = frozenset({404, 409, 422})
"""What the rules say no by; all else is trouble."""
_NO_ROUTE = "NOT_FOUND"
"""An older release of orders answers so: it is asked again when it is newer."""
