"""The subscribers of a broker: their entries as files, and the user, the permissions, the quota and
the connection file that each gets of its entry.
"""

import json
import os
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import yaml
from confluent_kafka.admin import AclBinding, AdminClient
from kvitt_chassis.private_files import read_private, write_private
from kvitt_contracts.quotas import SUBSCRIBER
from kvitt_contracts.subscribers import Subscriber
from pydantic import ValidationError

import kvitt
from kvitt.local import access
from kvitt.local.kafka import ADMIN, Credentials, client_settings
from kvitt.local.private import make_directory
from kvitt.local.quotas import set_quotas
from kvitt.local.state import State

_MOST_BYTES = 16 * 1024
PRINCIPALS = "sub-"
"""What every subscriber's user begins with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A subscriber's file as it was read: `subscriber` where nothing is wrong with it, else what
    is, as `field: problem`.
    """

    path: Path
    subscriber: Subscriber | None
    faults: tuple[str, ...]


def default_subscribers_dir() -> Path:
    """The directory of the subscribers' entries: KVITT_SUBSCRIBERS_DIR, else this repository's."""
    named = os.environ.get("KVITT_SUBSCRIBERS_DIR")
    return Path(named) if named else Path(kvitt.__file__).parents[1] / "subscribers"


def entries(directory: Path) -> list[Entry]:
    """Every entry of a directory, right or wrong, by its name; none where there is no directory."""
    return [read_entry(path) for path in sorted(directory.glob("*.yaml"))]


def subscribers(directory: Path) -> list[Subscriber]:
    """Those whose entries are right: a wrong one takes no other with it."""
    return [one.subscriber for one in entries(directory) if one.subscriber is not None]


def read_entry(path: Path) -> Entry:
    """Read and judge one file. Never raises: what is wrong is in `faults`."""
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            return _wrong(path, f"is larger than {_MOST_BYTES} bytes")
        if any(isinstance(one, yaml.AliasToken) for one in yaml.scan(content.decode())):
            return _wrong(path, "anchors and aliases (& and *) are not read")
        found = Subscriber.model_validate_json(json.dumps(yaml.safe_load(content)), strict=True)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, TypeError) as error:
        return _wrong(path, f"cannot be read ({type(error).__name__})")
    except ValidationError as error:
        return _wrong(path, *(_told(one["loc"], one["msg"]) for one in error.errors()))
    if found.name != path.stem:
        return _wrong(path, f"name: the file's name says {path.stem}")
    return Entry(path=path, subscriber=found, faults=())


def write_entry(directory: Path, subscriber: Subscriber) -> Path:
    """Write a subscriber's entry, in place of the one that is there."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"{subscriber.name}.yaml"
    plain = subscriber.model_dump(mode="json", exclude_none=True)
    draft = path.with_suffix(".draft")
    draft.write_text(yaml.safe_dump(plain, sort_keys=False, allow_unicode=True), encoding="utf-8")
    draft.replace(path)
    return path


def permissions(subscriber: Subscriber, *, prefix: str = "") -> list[AclBinding]:
    """What it may: read its topics, and use its own consumer groups."""
    names = [prefix + topic.name for topic in subscriber.topics]
    return access.reading(subscriber.principal, names, group=prefix + subscriber.principal)


def quota() -> dict[str, int]:
    """The quota of each, by Kafka's names."""
    return asdict(SUBSCRIBER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriptions:
    """The subscribers of one broker. `folder` has their connection files, each its owner's alone.
    `prefix` is in front of topics' and groups' names, in tests.
    """

    bootstrap: str
    admin: Credentials
    folder: Path
    prefix: str = ""

    def grant(self, one: Subscriber) -> Path:
        """Give it its user, its permissions, its quota and its connection file, and take what an
        earlier entry gave; without effect where all is so already. Returns the file. Raises
        KafkaException, TimeoutError, KafkaError.
        """
        client = self._client()
        file, password = self._file(one.principal), self._password(one.principal)
        access.create_users(client, [Credentials(one.principal, password)])
        set_quotas(self.bootstrap, self.admin, {one.principal: SUBSCRIBER})
        wanted = permissions(one, prefix=self.prefix)
        access.revoke_of(client, one.principal, but=wanted)
        access.grant(client, wanted)
        self._write(one, password)
        return file

    def revoke(self, principal: str) -> None:
        """Take everything from a subscriber: it reads nothing more at once, and connects no more.
        Without effect where it has nothing. Raises as `grant` does.
        """
        client = self._client()
        access.revoke_of(client, principal, but=())
        access.remove_users(client, [principal])
        self._file(principal).unlink(missing_ok=True)

    def grant_all(self, wanted: Sequence[Subscriber]) -> None:
        """Make it so that these are the broker's subscribers, and no others."""
        kept = {one.principal for one in wanted}
        for principal in access.users_of(self._client(), beginning=PRINCIPALS):
            if principal not in kept:
                self.revoke(principal)
        for one in wanted:
            self.grant(one)

    def granted(self) -> set[str]:
        """The subscribers' users that the broker has."""
        return set(access.users_of(self._client(), beginning=PRINCIPALS))

    def _client(self) -> AdminClient:
        return AdminClient(client_settings(self.bootstrap, self.admin))

    def _file(self, principal: str) -> Path:
        return self.folder / f"{principal.removeprefix(PRINCIPALS)}.json"

    def _password(self, principal: str) -> str:
        """The one that it has, else a new one: who was removed does not come back by the old."""
        try:
            found: dict[str, str] = json.loads(read_private(self._file(principal)))
            return found["password"]
        except (OSError, ValueError, KeyError):  # none yet, or not as it was written
            return secrets.token_urlsafe(32)

    def _write(self, one: Subscriber, password: str) -> None:
        make_directory(self.folder)
        connection = {
            "bootstrap": self.bootstrap,
            "security": "SASL_PLAINTEXT",
            "mechanism": "SCRAM-SHA-512",
            "username": one.principal,
            "password": password,
            "group": one.principal,
            "topics": list(one.reads),
            "prefix": self.prefix,
        }
        write_private(self._file(one.principal), json.dumps(connection, indent=2) + "\n")


def of_state(state: State) -> Subscriptions:
    """Those of a local system's broker."""
    return Subscriptions(
        bootstrap=f"127.0.0.1:{state.port('kafka')}",
        admin=Credentials(ADMIN, state.password(f"kafka:{ADMIN}")),
        folder=state.directory / "subscribers",
    )


def _wrong(path: Path, *faults: str) -> Entry:
    return Entry(path=path, subscriber=None, faults=faults)


def _told(place: Iterable[int | str], problem: str) -> str:
    where = ".".join(map(str, place))
    text = problem.removeprefix("Value error, ")
    return f"{where}: {text}" if where else text
