"""REF-5c: passwords of users are the identity provider's; Kvitt keeps none."""

import re
from importlib import import_module
from pathlib import Path

import pytest
from kvitt_chassis.issuers import Issuer
from kvitt_chassis.settings import Settings
from kvitt_contracts.topics import CATALOGUE, SERVICES
from kvitt_portal.providers import Provider
from kvitt_portal.settings import PortalSettings
from pydantic import BaseModel

ROOT = Path(__file__).parents[2]
WORD = re.compile(r"passw|passphrase|\bpwd\b|losen|lösen|\bpin\b", re.IGNORECASE)
OF_SERVERS = {"kafka_password"}
"""Ours at a broker: nobody signs in with it."""


# decision 0509: there is no first password to replace
@pytest.mark.rule("REF-5c")
@pytest.mark.parametrize("service", SERVICES)
def test_no_table_has_a_column_of_a_password(service: str) -> None:
    tables = import_module(f"{service}.app").service.base.metadata.tables

    assert [
        f"{name}.{column.key}"
        for name, table in tables.items()
        for column in table.columns
        if WORD.search(column.key)
    ] == []


@pytest.mark.rule("REF-5c")
def test_no_message_and_no_setting_has_a_users_password() -> None:
    models: list[type[BaseModel]] = [one for topic in CATALOGUE for one in topic.types]
    fields = {name for one in models for name in one.model_fields}
    fields |= {*Issuer.model_fields, *Provider.model_fields}
    settings = {*Settings.model_fields, *PortalSettings.model_fields}

    assert {one for one in fields if WORD.search(one)} == set()
    assert {one for one in settings if WORD.search(one)} <= OF_SERVERS


@pytest.mark.rule("REF-5c")
def test_no_page_asks_for_a_password() -> None:
    templates = (ROOT / "portal/kvitt_portal/templates").rglob("*.html")

    assert [
        str(one)
        for one in templates
        if re.search(r"""kind="password"|type="password""", one.read_text())
    ] == []
