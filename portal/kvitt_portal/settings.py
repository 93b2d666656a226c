"""The settings of a portal process, read once from its environment. No other module reads them."""

from pathlib import Path
from typing import Annotated, Any, Self

from kvitt_chassis.profiles import (
    Profile,
    faults_of_binding,
    faults_of_database,
    faults_of_local_means,
    faults_of_url,
    is_private,
)
from kvitt_chassis.secret_files import Live, Replaced
from kvitt_chassis.settings import FromFiles
from kvitt_contracts.topics import SERVICES
from pydantic import Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict


class PortalSettings(FromFiles):
    """The configuration of a portal by environment variables: `KVITT_PORTAL_ADDRESS` …

    Secrets never appear in a repr or a log. Raises pydantic.ValidationError naming what is missing.
    """

    model_config = SettingsConfigDict(env_prefix="KVITT_", extra="ignore", frozen=True)

    profile: Profile = Profile.PRODUCTION
    portal_address: str
    """What people write in their browser, without a path: `https://portal.region.se`."""
    portal_services: dict[str, str]
    """Each service's HTTP address by its name, as JSON."""
    portal_admin_services: dict[str, str] = Field(default_factory=dict)
    """Each service's address for who operates it, as JSON; without them nobody operates here."""
    portal_database_url: Annotated[SecretStr, Replaced.BY_LINES]
    portal_key: Annotated[SecretStr, Replaced.BY_LINES]
    """A Fernet key: what a session holds is sealed with it, and opened with an older one too."""
    portal_providers: Path | None = None
    """The identity providers (OpenID Connect), as a JSON list."""
    portal_local_key: Annotated[Path | None, Replaced.NEVER] = None
    """In the local profile alone: the key that test users' tokens are signed with."""
    regions_dir: Path
    http_host: str = "127.0.0.1"
    http_port: int = 8000
    tls_cert_file: Path | None = None
    tls_key_file: Annotated[Path | None, Replaced.BY_FILE] = None
    tls_by_proxy: bool = False
    """A proxy on the way to it ends TLS."""
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
        operated = self.portal_admin_services
        if operated and (missing := sorted(set(SERVICES) - set(operated))):
            named = ", ".join(missing)
            raise ValueError(f"KVITT_PORTAL_ADMIN_SERVICES names no address of {named}")
        if (self.portal_providers is None) == (self.portal_local_key is None):
            raise ValueError("either KVITT_PORTAL_PROVIDERS or KVITT_PORTAL_LOCAL_KEY is set")
        return self

    @model_validator(mode="after")
    def _suits_its_profile(self) -> Self:
        if (self.tls_cert_file is None) != (self.tls_key_file is None):
            raise ValueError("KVITT_TLS_CERT_FILE and KVITT_TLS_KEY_FILE go together")
        profile, has_tls = self.profile, self.tls_cert_file is not None
        faults = [
            *faults_of_binding(
                profile,
                "KVITT_HTTP_HOST",
                self.http_host,
                has_tls=has_tls,
                by_proxy=self.tls_by_proxy,
            ),
            *(
                fault
                for url in self.portal_database_url.get_secret_value().split()
                for fault in self._faults_of_database(url)
            ),
            *(
                fault
                for name, url in self.portal_services.items()
                for fault in faults_of_url(profile, f"KVITT_PORTAL_SERVICES: {name}", url)
            ),
            *(
                fault
                for name, url in self.portal_admin_services.items()
                for fault in faults_of_url(profile, f"KVITT_PORTAL_ADMIN_SERVICES: {name}", url)
            ),
            *faults_of_url(profile, "KVITT_OTLP_ENDPOINT", self.otlp_endpoint),
            *faults_of_url(profile, "KVITT_PORTAL_ADDRESS", self.portal_address),
            *faults_of_local_means(profile, [("KVITT_PORTAL_LOCAL_KEY", self.portal_local_key)]),
        ]
        if profile is Profile.LOCAL and not is_private(self.portal_address):
            faults.append("KVITT_PORTAL_ADDRESS is this machine's own in the local profile")
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def _faults_of_database(self, url: str) -> list[str]:
        name = "KVITT_PORTAL_DATABASE_URL"
        return list(faults_of_database(self.profile, name, url, parameter="sslmode"))

    def live_database(self) -> Live:
        """The address of the database as it is now; one that the profile does not allow is not
        taken.
        """

        def check(url: str) -> None:
            if self._faults_of_database(url):
                raise ValueError("portal_database_url")

        return self.live("portal_database_url", check=check)

    @property
    def tls(self) -> dict[str, Any]:
        """How uvicorn serves TLS; empty where it does not."""
        if self.tls_cert_file is None:
            return {}
        return {"ssl_certfile": str(self.tls_cert_file), "ssl_keyfile": str(self.tls_key_file)}
