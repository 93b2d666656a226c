"""A token of the local profile is what the chassis's check expects."""

import json
from datetime import timedelta
from pathlib import Path

import jwt
import pytest
from cryptography.fernet import Fernet
from kvitt.local import tokens
from kvitt_chassis.auth import Authenticator, Identity, Unauthorized
from kvitt_chassis.issuers import read_issuers
from kvitt_contracts.access import IN_TOKENS, Grantee


def test_a_token_is_verified_with_the_key_file(tmp_path: Path) -> None:
    issuer = tokens.TokenIssuer(tmp_path)

    token = issuer.issue("anna", region="ac", roles=["ops"])
    claims = _verified(token, issuer)

    assert claims["sub"] == "anna"
    assert claims["region"] == "ac"
    assert claims["roles"] == ["ops"]


async def test_services_believe_the_local_issuer_what_a_token_may_say(tmp_path: Path) -> None:
    issuer = tokens.TokenIssuer(tmp_path)
    known = Authenticator(read_issuers(issuer.issuers_file(["ac", "bd"])))

    async def said(
        region: str = "ac", *roles: str, lifetime: timedelta = tokens.LIFETIME
    ) -> Identity:
        token = issuer.issue("anna", region=region, roles=roles, lifetime=lifetime)
        return await known.identity(f"Bearer {token}")

    assert (await said("bd")).said == frozenset()
    assert (await said("bd", *IN_TOKENS, "prescriber")).said == IN_TOKENS - {Grantee.SERVICE}
    operator = await known.identity(f"Bearer {issuer.issue_to_operator('anna')}")
    assert operator.region == "ac"
    assert operator.said == {Grantee.PLATFORM}
    with pytest.raises(Unauthorized):
        await said("w")
    with pytest.raises(Unauthorized):
        await said(lifetime=tokens.LIFETIME + timedelta(minutes=1))


def test_an_expired_token_and_anothers_token_fail(tmp_path: Path) -> None:
    issuer, other = tokens.TokenIssuer(tmp_path / "a"), tokens.TokenIssuer(tmp_path / "b")

    with pytest.raises(jwt.ExpiredSignatureError):
        _verified(issuer.issue("anna", region="ac", lifetime=timedelta(seconds=-1)), issuer)
    with pytest.raises(jwt.InvalidSignatureError):
        _verified(other.issue("anna", region="ac"), issuer)


def test_the_private_key_stays_the_owners_and_the_public_file_holds_none(tmp_path: Path) -> None:
    issuer = tokens.TokenIssuer(tmp_path)

    (key,) = json.loads(issuer.jwks_file.read_text())["keys"]

    assert "d" not in key
    assert (tmp_path / "token-key.pem").stat().st_mode & 0o777 == 0o600


def test_derived_keys_have_their_libraries_form() -> None:
    assert Fernet(tokens.quarantine_key("secret")).encrypt(b"x")
    assert len(bytes.fromhex(tokens.person_key("secret"))) == 32


def _verified(token: str, issuer: tokens.TokenIssuer) -> dict[str, object]:
    keys = jwt.PyJWKSet.from_dict(json.loads(issuer.jwks_file.read_text()))
    key = keys[jwt.get_unverified_header(token)["kid"]]
    return jwt.decode(
        token, key, algorithms=["ES256"], audience=tokens.AUDIENCE, issuer=tokens.ISSUER
    )
