"""A folder and a bucket keep files alike: whole or not at all."""

import hashlib
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from kvitt_files.settings import MEGABYTE, FileSettings
from kvitt_files.store import FileStore, NoSuchFile, StoreUnavailable, open_store
from pydantic import SecretStr, ValidationError

from files.tests import s3proxy

pytestmark = [pytest.mark.long(seconds=20)]


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FileSettings]:
    """A bucket of a real S3 server."""
    with s3proxy.running(s3proxy.provide(), tmp_path_factory.mktemp("s3proxy")) as settings:
        yield settings


@pytest.fixture(params=["folder", "bucket"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> FileSettings:
    """Where files are kept: one kind, then the other."""
    if request.param == "folder":
        return FileSettings(url=(tmp_path / "files of all").as_uri())
    found: FileSettings = request.getfixturevalue("bucket")
    return found


@pytest.fixture
def store(settings: FileSettings) -> FileStore:
    """The store of the settings."""
    return open_store(settings)


async def pieces(*content: bytes) -> AsyncIterator[bytes]:
    """Content as it comes."""
    for one in content:
        yield one


async def kept(store: FileStore, key: str) -> bytes:
    """The whole of a file."""
    return b"".join([piece async for piece in (await store.get(key)).pieces])


async def test_a_file_is_as_it_came(store: FileStore) -> None:
    await store.put("ac/one", pieces(b"Hej", b" ", b"du"))

    assert await kept(store, "ac/one") == b"Hej du"
    assert (await store.get("ac/one")).size == 6


async def test_a_large_file_is_as_it_came(store: FileStore) -> None:
    content = [os.urandom(MEGABYTE) for _ in range(26)]

    await store.put("ac/large", pieces(*content))

    found = hashlib.sha256(await kept(store, "ac/large")).digest()
    assert found == hashlib.sha256(b"".join(content)).digest()


class Ended(Exception):
    """What came was not to be kept."""


@pytest.mark.parametrize("megabytes", [0, 1, 26])
async def test_what_breaks_off_leaves_nothing(store: FileStore, megabytes: int) -> None:
    async def broken() -> AsyncIterator[bytes]:
        for _ in range(megabytes):
            yield bytes(MEGABYTE)
        raise Ended

    with pytest.raises(Ended):
        await store.put("ac/broken", broken())

    with pytest.raises(NoSuchFile):
        await store.get("ac/broken")


async def test_what_is_deleted_is_gone_and_may_be_deleted_again(store: FileStore) -> None:
    await store.put("ac/one", pieces(b"Hej"))

    for _ in range(2):
        await store.delete("ac/one")

    with pytest.raises(NoSuchFile):
        await store.get("ac/one")


async def test_who_is_not_let_in_is_told_and_nothing_of_the_key_is_said(
    bucket: FileSettings,
) -> None:
    store = open_store(bucket.model_copy(update={"secret_access_key": SecretStr("wrong")}))

    for act in (store.put("ac/one", pieces(b"Hej")), store.get("ac/one"), store.delete("ac/one")):
        with pytest.raises(StoreUnavailable) as raised:
            await act
        assert "ac/one" not in str(raised.value)


async def test_a_server_that_is_not_there_is_told(bucket: FileSettings) -> None:
    store = open_store(bucket.model_copy(update={"endpoint": "http://127.0.0.1:9"}))

    with pytest.raises(StoreUnavailable):
        await store.get("ac/one")


@pytest.mark.parametrize("url", ["", "/var/files", "file://files", "https://x", "s3://", "s3://A"])
def test_what_is_no_store_is_refused_when_it_is_read(url: str) -> None:
    with pytest.raises(ValidationError):
        FileSettings(url=url)


def test_a_secret_is_in_no_text_of_the_settings() -> None:
    settings = FileSettings(url="s3://kvitt", secret_access_key=SecretStr("hemligt"))

    assert "hemligt" not in repr(settings) + str(settings)


@pytest.mark.rule("REF-22g")
async def test_a_buckets_keys_are_replaced_when_both_are_written(
    bucket: FileSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KVITT_SECRETS_DIR", str(tmp_path))
    key_id, secret = (
        tmp_path / f"kvitt_files_{name}" for name in ("access_key_id", "secret_access_key")
    )
    key_id.write_text(s3proxy.KEY_ID)
    secret.write_text("an older one")
    held = open_store(bucket)
    with pytest.raises(StoreUnavailable):
        await held.put("ac/replaced", pieces(b"Hej"))

    secret.write_text(s3proxy.SECRET)
    with pytest.raises(StoreUnavailable):
        await held.put("ac/replaced", pieces(b"Hej"))  # the other one is on its way
    replaced = key_id.with_suffix(".new")
    replaced.write_text(s3proxy.KEY_ID)
    replaced.replace(key_id)

    await held.put("ac/replaced", pieces(b"Hej"))
    assert await kept(held, "ac/replaced") == b"Hej"
