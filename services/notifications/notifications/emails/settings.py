"""Where mails go and what orders is asked by, read once from the environment of the process."""

from pathlib import Path
from typing import Annotated, Literal, Self

from kvitt_chassis.profiles import is_private, is_this_machine
from kvitt_chassis.secret_files import Live, Replaced
from kvitt_chassis.settings import FromFiles
from kvitt_contracts.regions import EmailAddress
from pydantic import Field, model_validator
from pydantic_settings import SettingsConfigDict


class MailSettings(FromFiles):
    """`KVITT_MAIL_HOST`: the mail server; without it nothing is sent. `KVITT_MAIL_PORT`,
    `KVITT_MAIL_TLS`: `starttls`, `tls`, or `none`, which only a server on this machine may have;
    `KVITT_MAIL_CA_FILE`: whom its certificate is from, where that is not publicly known.
    `KVITT_MAIL_USERNAME` and `KVITT_MAIL_PASSWORD_FILE`, where it asks for them.
    `KVITT_MAIL_SENDER`: the address that mails are from.

    `KVITT_MAIL_ORDERS_URL` is where orders answers, `KVITT_MAIL_KEY_FILE` the private key (PEM)
    that this service signs its tokens with. Raises pydantic.ValidationError naming what is wrong.
    """

    model_config = SettingsConfigDict(env_prefix="KVITT_MAIL_", extra="ignore", frozen=True)

    host: str | None = None
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    tls: Literal["starttls", "tls", "none"] = "starttls"
    ca_file: Path | None = None
    username: str | None = None
    password_file: Annotated[Path | None, Replaced.BY_LINES] = None
    sender: EmailAddress | None = None
    orders_url: Annotated[str | None, Field(pattern=r"^https?://")] = None
    key_file: Annotated[Path | None, Replaced.BY_FILE] = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.host is None:
            return self
        needed = {"sender": self.sender, "orders_url": self.orders_url, "key_file": self.key_file}
        if missing := [name for name, value in needed.items() if value is None]:
            names = ", ".join(f"KVITT_MAIL_{name.upper()}" for name in missing)
            raise ValueError(f"KVITT_MAIL_HOST is set, and not {names}")
        if self.tls == "none" and not is_this_machine(self.host):
            raise ValueError("KVITT_MAIL_TLS may be none only where the server is on this machine")
        if self.orders_url and not is_private(self.orders_url):
            raise ValueError("KVITT_MAIL_ORDERS_URL is https where orders is on another machine")
        if (self.username is None) != (self.password_file is None):
            raise ValueError("KVITT_MAIL_USERNAME and KVITT_MAIL_PASSWORD_FILE go together")
        return self

    def password(self) -> Live | None:
        """What the mail server asks for, as it is now. Raises OSError where the file cannot be
        read, and ValueError where it is empty.
        """
        file = self.password_file
        return Live("KVITT_MAIL_PASSWORD_FILE", file.read_text(), file=file) if file else None
