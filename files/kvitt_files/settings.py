"""Where files are kept, read once from the environment of a process that keeps any."""

import os

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

MEGABYTE = 1024 * 1024
LARGEST = 100 * MEGABYTE
"""No file is larger, whatever is set: the HTTP server takes in no more."""


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
    access_key_id: SecretStr | None = None
    secret_access_key: SecretStr | None = None
    max_bytes: int = Field(default=25 * MEGABYTE, ge=1, le=LARGEST)
