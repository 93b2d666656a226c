"""The settings of a service process, read once from its environment, and its secrets from files
where there are any. No other module reads them.
"""

import os
import ssl
from collections.abc import Callable
from datetime import time
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import SecretStr, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
)

from kvitt_chassis import kafka_passwords
from kvitt_chassis.profiles import (
    Profile,
    faults_of_binding,
    faults_of_database,
    faults_of_kafka,
    faults_of_local_means,
    faults_of_url,
)
from kvitt_chassis.secret_files import SECRETS_DIR, Live, Replaced, file_of


# decision 0524: a secret is a file, and stands in no listing of an environment
class FromFiles(BaseSettings):
    """Settings of which each may be a file of its name in the directory `KVITT_SECRETS_DIR`, as
    containers mount them: `kvitt_kafka_password`. What the environment says goes before.
    """

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What the arguments say, then the environment, then the files."""
        directory = os.environ.get(SECRETS_DIR)
        if not directory:
            return init_settings, env_settings
        return init_settings, env_settings, SecretsSettingsSource(settings_cls, directory)

    def live(self, name: str, *, check: Callable[[str], object] = str) -> Live:
        """The secret of this setting as it is now. Raises what `check` does, and ValueError where
        it is not set.
        """
        prefix = self.model_config.get("env_prefix", "")
        value = getattr(self, name)
        if value is None:
            raise ValueError(f"{prefix}{name.upper()} is not set")
        told, text = f"{prefix}{name.upper()}", value.get_secret_value()
        return Live(told, text, file=file_of(told), check=check)


class Settings(FromFiles):
    """The configuration of a service process by environment variables: `KVITT_SERVICE`,
    `KVITT_DATABASE_API_URL` …

    Secrets never appear in a repr or a log. Raises pydantic.ValidationError naming what is missing,
    or what its profile does not allow.
    """

    model_config = SettingsConfigDict(env_prefix="KVITT_", extra="ignore", frozen=True)

    profile: Profile = Profile.PRODUCTION  # who forgets to say it is not taken for local
    service: str
    database_api_url: Annotated[SecretStr, Replaced.BY_LINES]
    database_worker_url: Annotated[SecretStr, Replaced.BY_LINES]
    kafka_bootstrap: str
    kafka_security: Literal["SASL_PLAINTEXT", "SASL_SSL", "PLAINTEXT"] = "SASL_PLAINTEXT"
    kafka_username: str | None = None
    kafka_password: Annotated[SecretStr | None, Replaced.BY_LINES] = None
    topic_prefix: str = ""
    regions_dir: Path
    http_host: str = "127.0.0.1"
    http_port: int = 8000
    admin_host: str = "127.0.0.1"  # who operates comes to this machine, or through a tunnel
    admin_port: int = 8001
    tls_cert_file: Path | None = None
    tls_key_file: Annotated[Path | None, Replaced.BY_FILE] = None
    tls_by_proxy: bool = False  # a proxy on the way to it ends TLS
    issuers: Path
    quarantine_key: Annotated[SecretStr, Replaced.BY_LINES]
    # in hex; the newest first, older ones below it or after a comma
    log_key: Annotated[SecretStr, Replaced.BY_LINES]
    log_heads: Path | None = None  # where the database's users may not write
    person_key: Annotated[SecretStr | None, Replaced.BY_COMMAND] = None
    otlp_endpoint: str | None = None
    records_per_turn: int = 50  # of a region, before the next region's turn
    parked_keys_per_region: int = 10_000
    parked_bytes_per_region: int = 64 * 1024 * 1024
    log_level: str = "INFO"
    history: Path | None = None
    failpoints: str | None = None
    check_lock_order: bool = False  # in tests
    reconciles_at: time = time(3)  # Stockholm's time of day; the night's comparison of records
    moves_clock: bool = False  # in the local profile alone: business time is everybody's

    @model_validator(mode="after")
    def _suits_its_profile(self) -> Self:
        if (self.tls_cert_file is None) != (self.tls_key_file is None):
            raise ValueError("KVITT_TLS_CERT_FILE and KVITT_TLS_KEY_FILE go together")
        profile = self.profile
        api, worker = (self.database_api_url, self.database_worker_url)
        tls = {"has_tls": self.tls_cert_file is not None, "by_proxy": self.tls_by_proxy}
        has_password = bool(self.kafka_username and self.kafka_password)
        faults = [
            *faults_of_binding(profile, "KVITT_HTTP_HOST", self.http_host, **tls),
            *faults_of_binding(profile, "KVITT_ADMIN_HOST", self.admin_host, **tls),
            *self._faults_of_databases("KVITT_DATABASE_API_URL", api),
            *self._faults_of_databases("KVITT_DATABASE_WORKER_URL", worker),
            *faults_of_kafka(
                profile, self.kafka_bootstrap, self.kafka_security, has_password=has_password
            ),
            *faults_of_url(profile, "KVITT_OTLP_ENDPOINT", self.otlp_endpoint),
            *faults_of_local_means(
                profile,
                [("KVITT_MOVES_CLOCK", self.moves_clock), ("KVITT_FAILPOINTS", self.failpoints)],
            ),
        ]
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def _faults_of_databases(self, name: str, urls: SecretStr) -> list[str]:
        lines = urls.get_secret_value().split()
        return [one for url in lines for one in faults_of_database(self.profile, name, url)]

    def live_database(self, name: str) -> Live:
        """The address of a database as it is now; one that the profile does not allow is not
        taken.
        """

        def check(url: str) -> None:
            if list(faults_of_database(self.profile, name, url)):
                raise ValueError(name)

        return self.live(name, check=check)

    @property
    def tls(self) -> dict[str, Any]:
        """How uvicorn serves TLS; empty where it does not."""
        if self.tls_cert_file is None:
            return {}
        return {"ssl_certfile": str(self.tls_cert_file), "ssl_keyfile": str(self.tls_key_file)}

    @property
    def kafka(self) -> dict[str, object]:
        """Connection settings for an aiokafka or FastStream client, by aiokafka's names,
        bootstrap_servers included; the password is `Live` (see `kafka_passwords`).
        """
        client: dict[str, object] = {
            "bootstrap_servers": self.kafka_bootstrap,
            "security_protocol": self.kafka_security,
        }
        if self.kafka_security != "PLAINTEXT" and self.kafka_password is not None:
            kafka_passwords.install()
            client |= {
                "sasl_mechanism": "SCRAM-SHA-512",
                "sasl_plain_username": self.kafka_username,
                "sasl_plain_password": self.live("kafka_password"),
            }
        if self.kafka_security == "SASL_SSL":
            client["ssl_context"] = ssl.create_default_context()
        return client
