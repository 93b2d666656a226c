"""What is sealed, and the column that it stands in. No database, no network."""

import base64
import os
from typing import Any, ClassVar, Final, Generic, Self, TypeVar, cast, get_args, overload
from uuid import UUID
from weakref import WeakKeyDictionary

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from kvitt_contracts.types import PersonRef, RegionCode
from pydantic import TypeAdapter
from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import mapped_column

V = TypeVar("V")

_MARK = "sealed:1:"
_NONCE_BYTES = 12
_STORED = "_stored"

# decision 0531: what nobody can open any more says so
ERASED: Final = "raderat"
"""What is shown of a text that nobody can open any more: its person is erased (REF-23)."""
_NOTHING: Final = object()


class NotOpened(Exception):
    """A sealed column is read or written without its person's key: one was not looked up, or is
    destroyed.
    """


def new_key() -> bytes:
    """A random key of 256 bits, for a person's data or for such keys."""
    return AESGCM.generate_key(256)


def seal(key: bytes, plain: bytes, *, bound_to: str) -> str:
    """Encrypt (AES-256-GCM), so that it opens under the same key and in the same place alone."""
    nonce = os.urandom(_NONCE_BYTES)
    sealed = nonce + AESGCM(key).encrypt(nonce, plain, bound_to.encode())
    return _MARK + base64.b64encode(sealed).decode()


def unseal(key: bytes, sealed: str, *, bound_to: str) -> bytes:
    """Decrypt. Raises NotOpened for another key, another place, or what was altered."""
    token = base64.b64decode(sealed.removeprefix(_MARK))
    try:
        return AESGCM(key).decrypt(token[:_NONCE_BYTES], token[_NONCE_BYTES:], bound_to.encode())
    except InvalidTag:
        raise NotOpened(f"{bound_to} is sealed with another key, or altered") from None


def is_sealed(stored: object) -> bool:
    """True for what `seal` made; False for what an earlier release stored in clear."""
    return isinstance(stored, str) and stored.startswith(_MARK)


# decision 0515: a column that is sealed is one word of its row
class Sealed(Generic[V]):
    """A column whose value is sealed with the key of the person whom its row is about:
    `phone = Sealed[str | None](str | None)`. What an earlier release stored in clear is read.
    `erased`: what it reads as when the key is destroyed; without one, that raises NotOpened.
    """

    def __init__(self, annotation: Any, *, erased: Any = _NOTHING) -> None:
        self.annotation = annotation
        self.erased = erased
        self._adapter: TypeAdapter[V] = TypeAdapter(annotation)
        parts = get_args(annotation)
        self.is_optional = type(None) in parts
        self.is_text = all(one in (str, type(None)) for one in parts or (annotation,))

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @property
    def stored(self) -> str:
        """The attribute that holds the column as it is in the database."""
        return self.name + _STORED

    @overload
    def __get__(self, row: None, owner: type) -> Self: ...
    @overload
    def __get__(self, row: "SealedForPerson", owner: type) -> V: ...
    def __get__(self, row: "SealedForPerson | None", owner: type) -> Self | V:
        if row is None:
            return self
        stored = getattr(row, self.stored)
        if not is_sealed(stored):
            return cast(V, stored) if stored is None else self._adapter.validate_python(stored)
        if row.is_erased and self.erased is not _NOTHING:
            return cast(V, self.erased)
        plain = unseal(row.data_key, stored, bound_to=row.place_of(self.name))
        return self._adapter.validate_json(plain)

    def __set__(self, row: "SealedForPerson", value: V) -> None:
        if value is None:
            setattr(row, self.stored, None)
            return
        plain = self._adapter.dump_json(value)
        if is_sealed(getattr(row, self.stored)) and self.__get__(row, type(row)) == value:
            return  # sealed anew it would be another text, and a row to write
        setattr(row, self.stored, seal(row.data_key, plain, bound_to=row.place_of(self.name)))


# decision 0529: so no code asks whether there is a key
NOBODY: Final = PersonRef(UUID(int=0))
"""Whose key seals what concerns no person, or nobody yet."""


class SealedForPerson:
    """A row with sealed columns, about the person whom its column `person` names, or nobody."""

    sealed: ClassVar[tuple[str, ...]] = ()
    sealed_for: ClassVar[str] = "person"

    def __init_subclass__(cls, **kwargs: Any) -> None:
        columns = [one for one in vars(cls).values() if isinstance(one, Sealed)]
        cls.sealed = tuple(one.name for one in columns)
        for one in columns:
            kind = Text() if one.is_text else JSONB(none_as_null=True)
            column = mapped_column(one.name, kind, nullable=one.is_optional)
            setattr(cls, one.stored, column)
        super().__init_subclass__(**kwargs)

    @property
    def data_key(self) -> bytes:
        """The person's key. Raises NotOpened where `opened` has not given the row one."""
        key = _KEYS.get(self)
        if not key:
            raise NotOpened(f"{type(self).__name__} has been given no key")
        return key

    @property
    def is_erased(self) -> bool:
        """True where its key was looked up, and is destroyed."""
        return _KEYS.get(self) == _DESTROYED

    def open_with(self, key: bytes) -> None:
        """Let the sealed columns be read and written, as long as this row is in memory."""
        _KEYS[self] = key

    def open_as_erased(self) -> None:
        """Let the sealed columns be read as what nobody can open any more."""
        _KEYS[self] = _DESTROYED

    def place_of(self, column: str) -> str:
        """What a value is bound to: it opens in no other region, row's person, table or column."""
        table = getattr(type(self), "__tablename__", "")
        region = getattr(self, "region")  # noqa: B009  # every row has one, beside this class
        return f"{place(region, self.about_whom())}/{table}.{column}"

    def about_whom(self) -> PersonRef:
        """Whose key it is sealed with: its person's, or nobody's."""
        return getattr(self, self.sealed_for) or NOBODY

    def has_clear(self) -> bool:
        """True where a column holds what an earlier release stored in clear."""
        stored = (getattr(self, name + _STORED) for name in self.sealed)
        return any(one not in (None, ERASED) and not is_sealed(one) for one in stored)

    def has_sealed(self) -> bool:
        """True where a column is sealed already: with the key of whom the row is about."""
        return any(is_sealed(getattr(self, name + _STORED)) for name in self.sealed)

    def seal_what_is_clear(self) -> None:
        """Seal what an earlier release stored in clear."""
        for name in self.sealed:
            if getattr(self, name + _STORED) != ERASED:
                setattr(self, name, getattr(self, name))

    def seal_anew(self, key: bytes, person: PersonRef | None) -> None:
        """Be about somebody else from now on: what was opened is sealed with that one's key."""
        values = {name: getattr(self, name) for name in self.sealed}
        setattr(self, self.sealed_for, person)
        self.open_with(key)
        for name, value in values.items():
            setattr(self, name + _STORED, None)
            setattr(self, name, value)


def place(region: RegionCode, person: PersonRef) -> str:
    """Whom something sealed is about, as it is bound to it."""
    return f"{region}/{person}"


# beside the rows, not in them: whether a handler has changed a row is told by what stands in it
_KEYS: WeakKeyDictionary[SealedForPerson, bytes] = WeakKeyDictionary()
_DESTROYED: Final = b""
