"""The regions' identity providers: OpenID Connect's code flow with PKCE. They say who somebody is;
what a user may do, the register of users says.
"""

import time
from pathlib import Path
from typing import Annotated, Any, Literal

import httpx
import jwt
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from kvitt_chassis.secret_files import Replaced
from kvitt_chassis.token_keys import UrlKeys
from kvitt_chassis.trust import trusted
from kvitt_contracts.types import Word
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from kvitt_portal.sessions import Session

_ALGORITHMS = ["RS256", "PS256", "ES256", "ES384", "EdDSA"]
_SECONDS = 5.0
_LEEWAY = 30.0


class NotVerified(Exception):
    """What the provider answered does not hold: nobody is logged in by it."""


FAULTS = (httpx.HTTPError, OAuthError, NotVerified, OSError, ValueError)
"""What comes of a provider that is silent, that refuses, or that is not believed."""


class Provider(BaseModel):
    """One provider. `token` says which of its tokens the services are called with: they must know
    its issuer (KVITT_ISSUERS). `employer_kinds` are those whose users it signs in (REF-16), as that
    issuer has them: the log-in says so.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(min_length=1, description="What its button says")]
    employer_kinds: tuple[Word, ...] = ()
    issuer: str
    client_id: str
    client_secret_file: Annotated[Path | None, Replaced.BY_FILE] = None
    scope: str = "openid profile"
    token: Literal["access_token", "id_token"] = "access_token"
    user_claim: str = "sub"
    region_claim: str = "region"


_PROVIDERS: TypeAdapter[tuple[Provider, ...]] = TypeAdapter(
    Annotated[tuple[Provider, ...], Field(min_length=1)]
)


def read_providers(file: Path) -> tuple[Provider, ...]:
    """The providers of a JSON list. Raises ValueError, OSError."""
    return _PROVIDERS.validate_json(file.read_bytes())


# decision 0298: who somebody is comes from a provider, what they may do from the register
class OpenId:
    """One provider's endpoints, found by its issuer when they are first needed."""

    def __init__(self, provider: Provider, *, redirect_uri: str) -> None:
        self.provider = provider
        self._redirect_uri = redirect_uri
        self._found: dict[str, Any] | None = None
        self._keys: UrlKeys | None = None

    async def begin(self, *, state: str, nonce: str, verifier: str) -> str:
        """The address where the user logs in. Raises httpx.HTTPError, NotVerified."""
        found = await self._metadata()
        async with self._client() as client:
            address, _ = client.create_authorization_url(
                found["authorization_endpoint"], state=state, nonce=nonce, code_verifier=verifier
            )
            return str(address)

    async def end(self, *, code: str, nonce: str, verifier: str) -> Session:
        """The session of who has logged in. Raises httpx.HTTPError, NotVerified."""
        found = await self._metadata()
        async with self._client() as client:
            tokens = await client.fetch_token(
                found["token_endpoint"], code=code, code_verifier=verifier
            )
        claims = await self._claims(tokens.get("id_token"), nonce=nonce)
        said = {**claims, **_unproven(tokens.get(self.provider.token))}
        try:
            user, region = (
                str(claims[self.provider.user_claim]),
                str(said[self.provider.region_claim]),
            )
        except KeyError as missing:
            raise NotVerified(f"no claim {missing}") from None
        session = Session(user_id=user, region=region, token="", name=str(claims.get("name", "")))
        self._fill(session, tokens)
        return session

    async def renew(self, session: Session) -> None:
        """Give the session a fresh token. Raises httpx.HTTPError, NotVerified."""
        found = await self._metadata()
        async with self._client() as client:
            tokens = await client.refresh_token(
                found["token_endpoint"], refresh_token=session.refresh_token
            )
        self._fill(session, tokens)

    # decision 0306: the provider is told who asks, not who leaves
    async def address_after(self, *, back: str) -> str | None:
        """Where the provider ends its own session; None where it has no such page."""
        found = await self._metadata()
        if not (end := found.get("end_session_endpoint")):
            return None
        query = {"client_id": self.provider.client_id, "post_logout_redirect_uri": back}
        return str(httpx.URL(end, params=query))

    def _fill(self, session: Session, tokens: dict[str, Any]) -> None:
        token = tokens.get(self.provider.token)
        if not token:
            raise NotVerified(f"no {self.provider.token}")
        session.token = token
        session.provider = self.provider.issuer
        session.refresh_token = tokens.get("refresh_token") or session.refresh_token
        ends_at = _unproven(token).get("exp") or time.time() + float(tokens.get("expires_in", 0))
        session.token_ends_at = float(ends_at)

    async def _claims(self, id_token: str | None, *, nonce: str) -> dict[str, Any]:
        if not id_token or self._keys is None:
            raise NotVerified("no id_token")
        try:
            key = await self._keys.key(jwt.get_unverified_header(id_token).get("kid"))
            if key is None:
                raise NotVerified("unknown key")
            claims: dict[str, Any] = jwt.decode(
                id_token,
                key,
                algorithms=_ALGORITHMS,
                audience=self.provider.client_id,
                issuer=self.provider.issuer,
                leeway=_LEEWAY,
                options={"require": ["iss", "aud", "exp", "iat", "sub"]},
            )
        except jwt.PyJWTError as error:
            raise NotVerified(type(error).__name__) from None
        if claims.get("nonce") != nonce:
            raise NotVerified("another nonce")
        return claims

    async def _metadata(self) -> dict[str, Any]:
        if self._found is None:
            issuer = self.provider.issuer.rstrip("/")
            async with httpx.AsyncClient(timeout=_SECONDS, verify=trusted()) as client:
                answer = await client.get(f"{issuer}/.well-known/openid-configuration")
                answer.raise_for_status()
            found = answer.json()
            if found.get("issuer") != self.provider.issuer:
                raise NotVerified("another issuer")
            self._found, self._keys = found, UrlKeys(found["jwks_uri"])
        return self._found

    def _client(self) -> AsyncOAuth2Client:
        secret = self.provider.client_secret_file
        return AsyncOAuth2Client(
            client_id=self.provider.client_id,
            client_secret=secret.read_text().strip() if secret else None,
            token_endpoint_auth_method="client_secret_basic" if secret else "none",
            scope=self.provider.scope,
            redirect_uri=self._redirect_uri,
            code_challenge_method="S256",
            timeout=_SECONDS,
            verify=trusted(),
        )


def _unproven(token: str | None) -> dict[str, Any]:
    """What a token says, for what its own reader proves; nothing of one that cannot be read."""
    try:
        return dict(jwt.decode(token or "", options={"verify_signature": False}))
    except jwt.PyJWTError:
        return {}
