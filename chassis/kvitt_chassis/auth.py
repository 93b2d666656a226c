"""Authentication: bearer tokens (JWT) of known issuers, and who their holder is (REF-18).

A token's expiry is judged by real time, never by business time.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import jwt
from kvitt_contracts.access import Act, Grantee
from kvitt_contracts.types import RegionCode, UserId, Word

from kvitt_chassis.denials import WAY_ON
from kvitt_chassis.issuers import Issuer
from kvitt_chassis.web.problems import Problem, ProblemRaised

LEEWAY_SECONDS = 30

# Asymmetric ones alone: with a shared secret a service could issue tokens itself.
_ALGORITHMS = ["ES256", "ES384", "RS256", "PS256", "EdDSA"]
_SIGN_IN = "Logga in på nytt och skicka Authorization: Bearer <token>."
_CLAIMS = ["iss", "iat", "exp", "aud", "region"]


class Forbidden(ProblemRaised):
    """The caller is known and may not do this (403), by the act's row of the table of access."""

    def __init__(self, act: Act) -> None:
        super().__init__(
            Problem(
                status=403,
                reason=act.reason,
                title="Behörighet saknas",
                detail="Din användare har inte den roll som krävs.",
                rule=act.rule,
                way_on=WAY_ON,
                values={"act": act.name, "needs_one_of": sorted(act.granted)},
            )
        )


class Unauthorized(ProblemRaised):
    """The request has no token, or one that cannot be verified (401)."""

    def __init__(
        self, reason: str, detail: str, *, rule: str = "REF-18", way_on: str = _SIGN_IN
    ) -> None:
        super().__init__(
            Problem(
                status=401,
                reason=reason,
                title="Inloggning krävs",
                detail=detail,
                rule=rule,
                way_on=way_on,
            ),
            headers={"WWW-Authenticate": "Bearer"},
        )


def no_token() -> Unauthorized:
    """The request has no bearer token."""
    return Unauthorized("NO_TOKEN", "Anropet saknar åtkomsttoken.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What a token says: an internal user id, never a name, and the region.

    `said` are the grantees that a token alone can name (IN_TOKENS); for a user it is empty: what a
    user may do is in the register. `employer_kinds`: whose users its issuer signs in; None: all.
    """

    user_id: UserId
    region: RegionCode
    said: frozenset[Grantee] = frozenset()
    employer_kinds: frozenset[Word] | None = None


# decision 0508: who employs a user says by which way they sign in
def way_must_be_theirs(identity: Identity, employer_kind: Word | None) -> None:
    """Check that the token's issuer signs in users of this kind of employer (REF-16). A user whose
    employer is not stated has the ways that are everybody's.

    Raises Unauthorized (401, OTHER_WAY_TO_SIGN_IN).
    """
    kinds = identity.employer_kinds
    if kinds is not None and employer_kind not in kinds:
        raise Unauthorized(
            "OTHER_WAY_TO_SIGN_IN",
            "Det här sättet att logga in är inte för din arbetsgivares användare.",
            rule="REF-16",
            way_on="Logga in på det sätt som gäller för din arbetsgivare.",
        )


class Authenticator:
    """Turns a bearer token into an Identity, by the issuers that are known."""

    def __init__(self, issuers: Iterable[Issuer]) -> None:
        self._issuers = {one.issuer: one for one in issuers}

    async def identity(self, authorization: str | None) -> Identity:
        """Who an `Authorization` header authenticates. Raises Unauthorized (401), and OSError
        where the issuer's keys cannot be read.
        """
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise no_token()
        try:
            unproven = jwt.decode_complete(token, options={"verify_signature": False})
            issuer = self._issuers.get(unproven["payload"].get("iss"))
            if issuer is None:
                raise Unauthorized("UNKNOWN_ISSUER", "Åtkomsttoken har en okänd utfärdare.")
            key = await issuer.keys.key(unproven["header"].get("kid"))
            if key is None:
                raise Unauthorized("UNKNOWN_KEY", "Åtkomsttoken är signerad med en okänd nyckel.")
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=_ALGORITHMS,
                audience=issuer.audience,
                leeway=LEEWAY_SECONDS,
                options={"require": [*_CLAIMS, issuer.user_claim]},
            )
            return _identity(claims, issuer)
        except jwt.ExpiredSignatureError:
            raise Unauthorized("TOKEN_EXPIRED", "Åtkomsttoken har gått ut.") from None
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError):
            raise Unauthorized("INVALID_TOKEN", "Åtkomsttoken går inte att godta.") from None


def _identity(claims: dict[str, Any], issuer: Issuer) -> Identity:
    user, region = _text(claims[issuer.user_claim]), RegionCode(_text(claims["region"]))
    if region not in issuer.regions:
        raise Unauthorized("FOREIGN_REGION", "Utfärdaren får inte utfärda token för regionen.")
    if float(claims["exp"]) - float(claims["iat"]) > issuer.longest_life_seconds:
        raise Unauthorized("TOKEN_LIVES_TOO_LONG", "Åtkomsttoken gäller längre än den får.")
    roles = claims.get("roles") or []
    if not isinstance(roles, list):  # in a text, "devops" would say ops
        raise TypeError("roles")
    return Identity(
        user_id=UserId(user),
        region=region,
        # an issuer may say more than we let it: that opens nothing here
        said=frozenset(one for one in issuer.may_say if one in roles),
        employer_kinds=issuer.employer_kinds,
    )


def _text(claim: object) -> str:
    if not isinstance(claim, str):
        raise TypeError(type(claim).__name__)
    return claim
