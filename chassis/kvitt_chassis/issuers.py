"""Who may issue tokens, and what of: a list in a file, read when a process starts (REF-18f)."""

from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Final, Self

from kvitt_contracts.access import IN_TOKENS, Grantee
from kvitt_contracts.types import RegionCode, Word
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from kvitt_chassis.profiles import LOCAL_ISSUER, Profile, is_private
from kvitt_chassis.token_keys import FileKeys, KeySource, UrlKeys

AUDIENCE: Final = "kvitt"
"""Whom tokens are for, where their issuer says nothing else."""


def _sayable(grantee: Grantee) -> Grantee:
    if grantee not in IN_TOKENS:
        raise ValueError("the register of users says that, no token")
    return grantee


# decision 0271: an issuer asserts its own regions, and only what it may say
class Issuer(BaseModel):
    """One issuer. `issuer` is the `iss` of its tokens, with keys of one address or one file.

    `regions` are those that it may assert; `user_claim` the claim that is the UserId; `may_say` the
    roles that count when its token says them; `longest_life_seconds` bounds `exp` less `iat`.
    `audience` is whom its tokens are for: of one of our services that asks another, that one alone.
    `employer_kinds`: whose users it signs in (REF-16); not given, everybody's.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    issuer: Annotated[str, Field(min_length=1)]
    jwks_url: str | None = None
    jwks_file: Path | None = None
    regions: Annotated[frozenset[RegionCode], Field(min_length=1)]
    user_claim: Annotated[str, Field(min_length=1)] = "sub"
    may_say: frozenset[Annotated[Grantee, AfterValidator(_sayable)]] = frozenset()
    employer_kinds: Annotated[frozenset[Word], Field(min_length=1)] | None = None
    audience: Annotated[str, Field(min_length=1)] = AUDIENCE
    longest_life_seconds: Annotated[int, Field(gt=0)]

    @model_validator(mode="after")
    def _has_keys(self) -> Self:
        if (self.jwks_url is None) == (self.jwks_file is None):
            raise ValueError("give either jwks_url or jwks_file")
        return self

    # decision 0461: a service's token is for the one service that it asks
    @model_validator(mode="after")
    def _lets_services_ask_one(self) -> Self:
        if Grantee.SERVICE in self.may_say and self.audience == AUDIENCE:
            raise ValueError("who may say service needs an audience of its own")
        return self

    @cached_property
    def keys(self) -> KeySource:
        """The issuer's public keys."""
        if self.jwks_url is not None:
            return UrlKeys(self.jwks_url)
        assert self.jwks_file is not None
        return FileKeys(self.jwks_file)


_ISSUERS: TypeAdapter[tuple[Issuer, ...]] = TypeAdapter(
    Annotated[tuple[Issuer, ...], Field(min_length=1)]
)


def read_issuers(file: Path, profile: Profile = Profile.LOCAL) -> tuple[Issuer, ...]:
    """The issuers of a JSON list; a `jwks_file` is looked for beside it. Raises ValueError naming
    what is wrong, or what the profile does not allow; OSError when there is no file.
    """
    try:
        found = _ISSUERS.validate_json(file.read_bytes())
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = [file.name, ".".join(str(part) for part in first["loc"]), first["msg"]]
        raise ValueError(": ".join(filter(None, place))) from None
    names = [one.issuer for one in found]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"{file.name}: {', '.join(sorted(twice))} stands there twice")
    if profile is Profile.PRODUCTION:
        for one in found:
            _require_earnest(one, file)
    return tuple(one.model_copy(update=_beside(one, file)) for one in found)


def _require_earnest(issuer: Issuer, file: Path) -> None:
    if issuer.issuer == LOCAL_ISSUER:
        raise ValueError(f"{file.name}: {LOCAL_ISSUER} is believed in the local profile alone")
    if issuer.jwks_url is not None and not is_private(issuer.jwks_url):
        raise ValueError(
            f"{file.name}: the jwks_url of {issuer.issuer} is on another machine, so it is to be"
            " https"
        )


def _beside(issuer: Issuer, file: Path) -> dict[str, Any]:
    return {"jwks_file": file.parent / issuer.jwks_file} if issuer.jwks_file else {}
