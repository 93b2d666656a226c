"""What runs where: the services and the portal, what each is told, and whom it speaks to. Makes no
file.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from kvitt_contracts.topics import SERVICES

from kvitt.local.supervisor import PORTAL, PORTAL_PACKAGE
from kvitt.local.tokens import ASKED_BY

HTTP_PORT, ADMIN_PORT = 8443, 8444
KAFKA, KAFKA_PORT, POSTGRES_PORT, TRACES, TRACES_PORT = "kvitt", 9093, 5432, "otel-collector", 4318
SECRETS_DIR, CONFIG, TLS = "/run/secrets/kvitt", "/etc/kvitt", "/etc/kvitt/tls"
CA = f"{CONFIG}/ca/ca.crt"

OUTSIDE = {
    "objects": ("orders", "inventory"),  # files
    "vault": ("orders",),  # the key of persons' keys
    "mail": ("notifications",),
    "issuers": (*SERVICES, PORTAL),  # whose tokens are believed
}
"""Whom outside the namespace a part speaks to, each by TLS."""
OUTSIDE_PORTS = {"objects": 443, "vault": 8200, "mail": 587, "issuers": 443}

_CERTIFICATE = {
    "KVITT_HTTP_HOST": "0.0.0.0",
    "KVITT_HTTP_PORT": str(HTTP_PORT),
    "KVITT_TLS_CERT_FILE": f"{TLS}/tls.crt",
    "KVITT_TLS_KEY_FILE": f"{TLS}/tls.key",
    "KVITT_OTLP_ENDPOINT": f"https://{TRACES}:{TRACES_PORT}",
    "KVITT_REGIONS_DIR": f"{CONFIG}/regions",
    "KVITT_SECRETS_DIR": SECRETS_DIR,
    # what OpenSSL, libpq with asyncpg, and the sender of traces take authorities from
    "SSL_CERT_FILE": CA,
    "PGSSLROOTCERT": CA,
    "OTEL_EXPORTER_OTLP_CERTIFICATE": CA,
}
_SERVICE = {
    **_CERTIFICATE,
    "KVITT_ADMIN_HOST": "0.0.0.0",
    "KVITT_ADMIN_PORT": str(ADMIN_PORT),
    "KVITT_KAFKA_BOOTSTRAP": f"{KAFKA}-kafka-bootstrap:{KAFKA_PORT}",
    "KVITT_KAFKA_SECURITY": "SASL_SSL",
    "KVITT_ISSUERS": f"{CONFIG}/issuers/issuers.json",
}
_SECRETS = (
    "KVITT_DATABASE_API_URL",
    "KVITT_DATABASE_WORKER_URL",
    "KVITT_QUARANTINE_KEY",
    "KVITT_LOG_KEY",
)
_OBJECTS = ("KVITT_FILES_ACCESS_KEY_ID", "KVITT_FILES_SECRET_ACCESS_KEY")
_OF_SERVICES: Mapping[str, Mapping[str, str]] = {
    "orders": {
        "KVITT_FILES_URL": "s3://kvitt/orders",
        "KVITT_FILES_ENDPOINT": "https://objects.example",
        "KVITT_PERSON_KEYS": "vault:https://vault.example:8200/transit/kvitt",
        "KVITT_VAULT_TOKEN_FILE": f"{SECRETS_DIR}/vault_token",
        "KVITT_VAULT_CA_FILE": CA,
    },
    "inventory": {
        "KVITT_FILES_URL": "s3://kvitt/inventory",
        "KVITT_FILES_ENDPOINT": "https://objects.example",
    },
    "notifications": {
        "KVITT_MAIL_HOST": "mail.example",
        "KVITT_MAIL_SENDER": "kvitt@mail.example",
        "KVITT_MAIL_ORDERS_URL": f"https://orders:{HTTP_PORT}",
        "KVITT_MAIL_KEY_FILE": f"{SECRETS_DIR}/mail_key.pem",
    },
}
_SECRETS_OF: Mapping[str, tuple[str, ...]] = {
    "orders": (*_OBJECTS, "KVITT_PERSON_KEY", "vault_token"),
    "inventory": _OBJECTS,
    "notifications": ("mail_key.pem",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One process: its module, what its environment says, and its secrets, each a file. A name of
    capitals is a setting's; other secrets are files that a setting names.
    """

    name: str
    module: str
    migrations: str
    environment: Mapping[str, str]
    secrets: tuple[str, ...]
    asked_by: tuple[str, ...]
    speaks_kafka: bool

    @property
    def outside(self) -> tuple[str, ...]:
        """Whom outside it speaks to."""
        return tuple(name for name, parts in OUTSIDE.items() if self.name in parts)


def parts() -> tuple[Part, ...]:
    """Every part."""
    return (*map(_service, SERVICES), _portal())


def _service(name: str) -> Part:
    return Part(
        name=name,
        module=f"{name}.app",
        migrations=name,
        environment={
            "KVITT_SERVICE": name,
            **_SERVICE,
            "KVITT_KAFKA_USERNAME": name,
            **_OF_SERVICES.get(name, {}),
        },
        secrets=(*_SECRETS, "KVITT_KAFKA_PASSWORD", *_SECRETS_OF.get(name, ())),
        asked_by=(PORTAL, *ASKED_BY.get(name, ())),
        speaks_kafka=True,
    )


def _portal() -> Part:
    addresses = ", ".join(f'"{one}": "https://{one}:{HTTP_PORT}"' for one in SERVICES)
    return Part(
        name=PORTAL,
        module=f"{PORTAL_PACKAGE}.app",
        migrations=PORTAL_PACKAGE,
        environment={
            **_CERTIFICATE,
            "KVITT_PORTAL_ADDRESS": "https://portal.example",
            "KVITT_PORTAL_SERVICES": f"{{{addresses}}}",
            "KVITT_PORTAL_PROVIDERS": f"{SECRETS_DIR}/providers.json",
        },
        secrets=("KVITT_PORTAL_DATABASE_URL", "KVITT_PORTAL_KEY", "providers.json"),
        asked_by=(),
        speaks_kafka=False,
    )
