"""What seals by the newest of a secret's keys, and opens by each."""

from functools import lru_cache

from cryptography.fernet import Fernet, MultiFernet


@lru_cache(maxsize=8)  # a process has few secrets, and each of them a few keys
def fernet_of(keys: tuple[str, ...]) -> MultiFernet:
    """By these keys, the newest first. Raises ValueError for what is none."""
    return MultiFernet([Fernet(one) for one in keys])
