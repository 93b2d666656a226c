"""Where files are kept, read from the environment of a process that keeps any."""

import os
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

MEGABYTE = 1024 * 1024
LARGEST = 100 * MEGABYTE
"""No file is larger, whatever is set: the HTTP server takes in no more."""
REPLACED = "both files are read when both have changed"
"""How a secret of these settings is replaced while the process serves."""


class FileSettings(BaseSettings):
    """`KVITT_FILES_URL`: `file:///var/lib/kvitt/files`, or `s3://bucket/folder`; for S3 besides
    `KVITT_FILES_ENDPOINT` (none: Amazon's), `_REGION`, `_ACCESS_KEY_ID`, `_SECRET_ACCESS_KEY`.
    `KVITT_FILES_MAX_BYTES`: how large one may be. Each may be a file in `KVITT_SECRETS_DIR`.

    Raises pydantic.ValidationError naming what is missing or wrong.
    """

    model_config = SettingsConfigDict(
        env_prefix="KVITT_FILES_",
        extra="ignore",
        frozen=True,
        secrets_dir=os.environ.get("KVITT_SECRETS_DIR"),
    )

    url: str = Field(pattern=r"^(file:///|s3://[a-z0-9][a-z0-9.-]+)")
    endpoint: str | None = Field(default=None, pattern=r"^https?://")
    region: str = "us-east-1"
    access_key_id: Annotated[SecretStr | None, REPLACED] = None
    secret_access_key: Annotated[SecretStr | None, REPLACED] = None
    max_bytes: int = Field(default=25 * MEGABYTE, ge=1, le=LARGEST)

    def keys(self) -> tuple[str, str] | None:
        """The keys of the bucket as they are now: those of the files in `KVITT_SECRETS_DIR`, where
        they are from there. Raises OSError.
        """
        given = (self.access_key_id, self.secret_access_key)
        if given[0] is None or given[1] is None:
            return None
        files = self.key_files()
        if files is not None:
            return files[0].read_text().strip(), files[1].read_text().strip()
        return given[0].get_secret_value(), given[1].get_secret_value()

    def key_files(self) -> tuple[Path, Path] | None:
        """The files that the keys are from; None where the environment says them."""
        directory = os.environ.get("KVITT_SECRETS_DIR")
        if not directory or any(name in os.environ for name in _NAMES):
            return None
        first, second = (Path(directory) / name.lower() for name in _NAMES)
        return (first, second) if first.exists() and second.exists() else None


_NAMES = ("KVITT_FILES_ACCESS_KEY_ID", "KVITT_FILES_SECRET_ACCESS_KEY")
