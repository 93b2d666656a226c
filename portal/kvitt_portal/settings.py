"""The settings of a portal process, read once from its environment. No other module reads them."""

from pathlib import Path
from typing import Self

from kvitt_contracts.topics import SERVICES
from pydantic import SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class PortalSettings(BaseSettings):
    """The configuration of a portal by environment variables: `KVITT_PORTAL_ADDRESS` …

    Secrets never appear in a repr or a log. Raises pydantic.ValidationError naming what is missing.
    """

    model_config = SettingsConfigDict(env_prefix="KVITT_", extra="ignore", frozen=True)

    portal_address: str
    """What people write in their browser, without a path: `https://portal.region.se`."""
    portal_services: dict[str, str]
    """Each service's HTTP address by its name, as JSON."""
    portal_database_url: SecretStr
    portal_key: SecretStr
    """A Fernet key: what a session holds is sealed with it."""
    portal_providers: Path | None = None
    """The identity providers (OpenID Connect), as a JSON list."""
    portal_local_key: Path | None = None
    """In the local profile alone: the key that test users' tokens are signed with."""
    regions_dir: Path
    http_host: str = "127.0.0.1"
    http_port: int = 8000
    otlp_endpoint: str | None = None
    log_level: str = "INFO"

    @property
    def is_secure(self) -> bool:
        """True where people reach it by https."""
        return self.portal_address.startswith("https://")

    @model_validator(mode="after")
    def _one_way_to_log_in(self) -> Self:
        if missing := sorted(set(SERVICES) - set(self.portal_services)):
            raise ValueError(f"KVITT_PORTAL_SERVICES names no address of {', '.join(missing)}")
        if (self.portal_providers is None) == (self.portal_local_key is None):
            raise ValueError("either KVITT_PORTAL_PROVIDERS or KVITT_PORTAL_LOCAL_KEY is set")
        if self.portal_local_key is not None and self.http_host not in _LOOPBACK:
            raise ValueError("test users are chosen on this machine alone: KVITT_HTTP_HOST is not")
        return self
