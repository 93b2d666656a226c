"""How webhooks are sent, read once from the environment of the process."""

from functools import cache
from pathlib import Path
from typing import Annotated, Self

from cryptography.fernet import Fernet
from kvitt_chassis.profiles import Profile, faults_of_local_means
from kvitt_chassis.sealing import Sealer
from kvitt_chassis.secret_files import Replaced
from kvitt_chassis.settings import FromFiles
from pydantic import SecretStr, model_validator
from pydantic_settings import SettingsConfigDict


class WebhookSettings(FromFiles):
    """`KVITT_QUARANTINE_KEY`: what their secrets are sealed by. `KVITT_WEBHOOKS_CA_FILE`: who
    issues certificates of regions' systems, beside those that are publicly known. In the local
    profile alone `KVITT_WEBHOOKS_LOOPBACK=1`: receivers may be on this machine, without TLS.

    Raises pydantic.ValidationError naming what is wrong.
    """

    model_config = SettingsConfigDict(env_prefix="KVITT_", extra="ignore", frozen=True)

    profile: Profile = Profile.PRODUCTION
    quarantine_key: Annotated[SecretStr | None, Replaced.BY_LINES] = None
    webhooks_ca_file: Path | None = None
    webhooks_loopback: bool = False

    @model_validator(mode="after")
    def _suits_its_profile(self) -> Self:
        means = [("KVITT_WEBHOOKS_LOOPBACK", self.webhooks_loopback)]
        if told := "; ".join(faults_of_local_means(self.profile, means)):
            raise ValueError(told)
        return self

    def sealer(self) -> Sealer:
        """What opens their secrets. Raises ValueError where the key is not set, or none."""
        return Sealer(self.live("quarantine_key", check=Fernet))


@cache
def allows_loopback() -> bool:
    """True where a receiver may be on this machine. Raises pydantic.ValidationError."""
    return WebhookSettings().webhooks_loopback
