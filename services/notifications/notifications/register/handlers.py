"""Projections of what orders emits of users and persons. Nothing is decided."""

from kvitt_chassis.handlers import Handlers
from kvitt_contracts.orders import PersonErased, PersonRegistered, PersonsMerged, UserRegistered

from notifications.register.models import PersonRow, UserRow

messages = Handlers()
messages.project(UserRegistered, UserRow)
messages.project(PersonRegistered, PersonRow, merged_into=None)
messages.project(PersonsMerged, PersonRow, merged_into=lambda event: event.into)
messages.amend(PersonErased, PersonRow, region_person_id=lambda event: event.former_id)
