"""The environment variables of a service's process, as the chassis reads them, and of the portal's.
The one place where they are written.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kvitt_chassis.profiles import Profile

from kvitt.local.databases import DatabaseUrls
from kvitt.local.kafka import Credentials

# decision 0462: no mail server is started here, and one that is named is used
_MAIL = tuple(
    f"KVITT_MAIL_{name}"
    for name in ("HOST", "PORT", "TLS", "CA_FILE", "USERNAME", "PASSWORD_FILE", "SENDER")
)


SECRETS = frozenset(
    {
        "KVITT_DATABASE_API_URL",
        "KVITT_DATABASE_WORKER_URL",
        "KVITT_KAFKA_PASSWORD",
        "KVITT_QUARANTINE_KEY",
        "KVITT_PERSON_KEY",
        "KVITT_LOG_KEY",
        "KVITT_PORTAL_DATABASE_URL",
        "KVITT_PORTAL_KEY",
    }
)
"""What of it is a secret: a process that is started gets it in files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceAddresses:
    """The addresses, credentials and paths that one service process needs."""

    service: str
    database: DatabaseUrls
    bootstrap: str
    credentials: Credentials | None
    regions_dir: Path
    issuers_file: Path
    quarantine_key: str
    person_key: str
    person_keys: Path
    log_key: str
    http_port: int
    admin_port: int
    files_dir: Path
    orders_url: str | None = None
    service_key: Path | None = None
    log_heads: Path | None = None
    topic_prefix: str = ""

    def environment(self) -> dict[str, str]:
        """As environment variables, all beginning with KVITT_; the owner's URL is for migrations
        alone.
        """
        found = {
            "KVITT_PROFILE": Profile.LOCAL.value,
            "KVITT_SERVICE": self.service,
            "KVITT_DATABASE_API_URL": self.database.api,
            "KVITT_DATABASE_WORKER_URL": self.database.worker,
            "KVITT_KAFKA_BOOTSTRAP": self.bootstrap,
            "KVITT_KAFKA_SECURITY": "SASL_PLAINTEXT" if self.credentials else "PLAINTEXT",
            "KVITT_TOPIC_PREFIX": self.topic_prefix,
            "KVITT_REGIONS_DIR": str(self.regions_dir),
            "KVITT_HTTP_HOST": "127.0.0.1",
            "KVITT_HTTP_PORT": str(self.http_port),
            "KVITT_ADMIN_HOST": "127.0.0.1",
            "KVITT_ADMIN_PORT": str(self.admin_port),
            "KVITT_MOVES_CLOCK": "1",  # a month is lived through in minutes here
            "KVITT_ISSUERS": str(self.issuers_file),
            "KVITT_QUARANTINE_KEY": self.quarantine_key,
            "KVITT_LOG_KEY": self.log_key,
        }
        if self.log_heads:
            found["KVITT_LOG_HEADS"] = str(self.log_heads)
        if self.credentials:
            found["KVITT_KAFKA_USERNAME"] = self.credentials.username
            found["KVITT_KAFKA_PASSWORD"] = self.credentials.password
        if self.service == "orders":  # the people module alone looks persons up by number
            found["KVITT_PERSON_KEY"] = self.person_key
            found["KVITT_PERSON_KEYS"] = self.person_keys.resolve().as_uri()
        if self.service in ("orders", "inventory"):  # attachments, and articles' pages
            found["KVITT_FILES_URL"] = self.files_dir.as_uri()
        if self.service == "notifications":  # who tries webhooks here has a receiver here
            found["KVITT_WEBHOOKS_LOOPBACK"] = "1"
        if (
            self.service == "notifications" and self.orders_url and self.service_key
        ):  # who sends mails asks where to
            found["KVITT_MAIL_ORDERS_URL"] = self.orders_url
            found["KVITT_MAIL_KEY_FILE"] = str(self.service_key)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalAddresses:
    """The addresses, keys and paths that the portal's process needs in the local profile."""

    services: Mapping[str, str]
    admin_services: Mapping[str, str]
    database: DatabaseUrls
    regions_dir: Path
    key: str
    local_key: Path
    http_port: int

    @property
    def url(self) -> str:
        """What people write in their browser."""
        return f"http://127.0.0.1:{self.http_port}"

    def environment(self) -> dict[str, str]:
        """As environment variables, all beginning with KVITT_."""
        return {
            "KVITT_PROFILE": Profile.LOCAL.value,
            "KVITT_PORTAL_ADDRESS": self.url,
            "KVITT_PORTAL_SERVICES": json.dumps(dict(self.services)),
            "KVITT_PORTAL_ADMIN_SERVICES": json.dumps(dict(self.admin_services)),
            "KVITT_PORTAL_DATABASE_URL": self.database.api,
            "KVITT_PORTAL_KEY": self.key,
            "KVITT_PORTAL_LOCAL_KEY": str(self.local_key),
            "KVITT_REGIONS_DIR": str(self.regions_dir),
            "KVITT_HTTP_HOST": "127.0.0.1",
            "KVITT_HTTP_PORT": str(self.http_port),
        }


def inherited(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment that a service process inherits: everything but KVITT_ settings, except those
    that suit every service.
    """
    shared = {
        "KVITT_OTLP_ENDPOINT",
        "KVITT_LOG_LEVEL",
        "KVITT_HISTORY",
        "KVITT_FAILPOINTS",
        "KVITT_CHECK_LOCK_ORDER",
        "KVITT_RECORDS_PER_TURN",
        "KVITT_PARKED_KEYS_PER_REGION",
        "KVITT_PARKED_BYTES_PER_REGION",
        *_MAIL,
    }
    return {
        name: value
        for name, value in environment.items()
        if not name.startswith("KVITT_") or name in shared
    }
