"""The settings of a service process, read once from its environment. No other module reads them."""

import ssl
from datetime import time
from pathlib import Path
from typing import Literal

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """The configuration of a service process by environment variables: `KVITT_SERVICE`,
    `KVITT_DATABASE_API_URL` …

    Secrets never appear in a repr or a log. Raises pydantic.ValidationError naming what is missing.
    """

    model_config = SettingsConfigDict(env_prefix="KVITT_", extra="ignore", frozen=True)

    service: str
    database_api_url: SecretStr
    database_worker_url: SecretStr
    kafka_bootstrap: str
    kafka_security: Literal["SASL_PLAINTEXT", "SASL_SSL", "PLAINTEXT"] = "SASL_PLAINTEXT"
    kafka_username: str | None = None
    kafka_password: SecretStr | None = None
    topic_prefix: str = ""
    regions_dir: Path
    http_host: str = "127.0.0.1"
    http_port: int = 8000
    admin_host: str = "127.0.0.1"  # who operates comes to this machine, or through a tunnel
    admin_port: int = 8001
    issuers: Path
    quarantine_key: SecretStr
    log_key: SecretStr  # in hex; the newest first, older ones after a comma
    log_heads: Path | None = None  # where the database's users may not write
    person_key: SecretStr | None = None
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

    @property
    def kafka(self) -> dict[str, object]:
        """Connection settings for an aiokafka or FastStream client, by aiokafka's names,
        bootstrap_servers included.
        """
        client: dict[str, object] = {
            "bootstrap_servers": self.kafka_bootstrap,
            "security_protocol": self.kafka_security,
        }
        if self.kafka_security != "PLAINTEXT" and self.kafka_password is not None:
            client |= {
                "sasl_mechanism": "SCRAM-SHA-512",
                "sasl_plain_username": self.kafka_username,
                "sasl_plain_password": self.kafka_password.get_secret_value(),
            }
        if self.kafka_security == "SASL_SSL":
            client["ssl_context"] = ssl.create_default_context()
        return client
