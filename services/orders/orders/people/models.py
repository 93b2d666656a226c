"""The vault's tables. `persons` is published; everything else leaves by an API alone."""

from datetime import date, datetime
from uuid import UUID

from kvitt_chassis.models import Aggregate, Regional
from kvitt_contracts.personnummer import Identity
from kvitt_contracts.topics import ORDERS_PERSONS
from kvitt_contracts.types import Address, PersonRef, RegionPersonId, ServicePointId, UserId
from sqlalchemy import Index, SmallInteger, UniqueConstraint, false, func, text
from sqlalchemy.orm import Mapped, mapped_column

from orders.models import Base
from orders.people import domain
from orders.people.keys.sealing import Sealed, SealedForPerson


class PersonRow(
    Aggregate[domain.Person],
    Base,
    noun="person",
    topic=ORDERS_PERSONS,
    state=domain.Person,
    evolve=domain.evolve,
):
    """A reference."""

    __tablename__ = "persons"
    __table_args__ = (
        Index(
            "uq_one_ref_per_known_region_person_id",
            "region",
            "region_person_id",
            unique=True,
            postgresql_where=text("NOT is_erased"),
        ),
        Index("ix_persons_merged_into", "region", "merged_into"),
        Index("ix_persons_protected", "region", "id", postgresql_where=text("is_protected")),
    )

    region_person_id: Mapped[RegionPersonId]
    active: Mapped[bool]
    is_protected: Mapped[bool] = mapped_column(server_default=false())
    is_erased: Mapped[bool] = mapped_column(server_default=false())
    merged_into: Mapped[PersonRef | None]


class PersonIdRow(Regional, Base):
    """Which reference a region's own id was given."""

    __tablename__ = "person_ids"

    region_person_id: Mapped[RegionPersonId] = mapped_column(primary_key=True)
    person: Mapped[PersonRef]


class PersonDetailsRow(SealedForPerson, Regional, Base):
    """Who a current reference is (REF-1), sealed with the person's key: `opened` before it is read,
    `writable` before it is written. Erasure deletes this row.
    """

    __tablename__ = "person_details"
    locked_when_loaded = True  # an order writes into it before it draws its number
    __table_args__ = (
        UniqueConstraint("region", "number_index", name="uq_one_person_per_number"),
        Index("ix_person_details_terms_version", "terms_version", "region", "person"),
    )

    person: Mapped[PersonRef] = mapped_column(primary_key=True)
    number_index: Mapped[bytes]
    identity = Sealed[Identity](Identity)
    name = Sealed[str](str)
    address = Sealed[Address | None](Address | None)
    phone = Sealed[str | None](str | None)
    stated_phone = Sealed[str | None](str | None)  # as the region stated it last; see `phone`
    door_code = Sealed[str | None](str | None)
    instructions = Sealed[str | None](str | None)
    home_region: Mapped[str]
    protected: Mapped[bool]
    deceased: Mapped[bool]
    asked_by: Mapped[UserId | None]  # who had customer service add the person (REF-12)
    # of the key that `person_terms` are hashed by; None: not yet since an earlier release
    terms_version: Mapped[int | None] = mapped_column(SmallInteger)

    def details(self) -> domain.Details:
        """Returns the personal data as the value that the rules read."""
        return domain.Details(
            identity=self.identity,
            name=self.name,
            address=self.address,
            phone=self.phone,
            door_code=self.door_code,
            instructions=self.instructions,
            home_region=self.home_region,
            protected=self.protected,
            deceased=self.deceased,
        )

    @property
    def contact(self) -> tuple[str | None, str | None, str | None]:
        """What is not the registry's: phone, door code, instructions."""
        return self.phone, self.door_code, self.instructions

    @property
    def born_on(self) -> date:
        """The day of birth."""
        return self.identity.born


class PersonAccessRow(Regional, Base):
    """Who looked at whom, or did something about them, when, from which unit and why; a look that
    found nobody has no person. Rows are added, never changed (REF-6), and chained (REF-21).

    `at` is real time; `look` is not given of what was logged before looks had kinds, nor `unit` and
    `act`, the row of the table of access or the event that was heard, of what was before they were.
    """

    __tablename__ = "person_accesses"
    __table_args__ = (
        Index("ix_person_accesses_person", "region", "person", "at"),
        Index("ix_person_accesses_at", "region", "at", "access_id"),
        Index("ix_person_accesses_user", "region", "user_id", "at"),
    )
    # nobody reads a row that was just added: so many cost one statement, however many they are
    __mapper_args__ = {"eager_defaults": False}  # noqa: RUF012  # SQLAlchemy declares it so

    access_id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    user_id: Mapped[UserId]
    look: Mapped[domain.Look | None]
    purpose: Mapped[str]
    reason: Mapped[str | None]  # of an opening in an emergency
    unit: Mapped[ServicePointId | None]
    act: Mapped[str | None]
    person: Mapped[PersonRef | None]
