"""What deployment files say to a process is a setting of it, and each setting is said there or is
left as it is for a reason.
"""

from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml
from kvitt.deployed.parts import Part, parts
from kvitt.local.environment import SECRETS
from kvitt_chassis.secret_files import SECRETS_DIR
from kvitt_chassis.settings import Settings
from kvitt_files.settings import FileSettings
from kvitt_portal.settings import PortalSettings
from notifications.emails.settings import MailSettings
from orders.people.keys.wrapping import PersonKeys
from orders.people.number_index import PersonKey
from pydantic_settings import BaseSettings

COMPOSE = yaml.safe_load((Path(__file__).parents[1] / "compose.yaml").read_text())["services"]
OF: Mapping[str, tuple[type[BaseSettings], ...]] = {
    "orders": (Settings, FileSettings, PersonKey, PersonKeys),
    "bmb": (Settings,),
    "inventory": (Settings, FileSettings),
    "billing": (Settings,),
    "notifications": (Settings, MailSettings),
    "portal": (PortalSettings,),
}
OF_OTHERS = {"SSL_CERT_FILE", "PGSSLROOTCERT", "OTEL_EXPORTER_OTLP_CERTIFICATE", SECRETS_DIR}
LEFT = {
    "KVITT_PROFILE": "nobody says it: production",
    "KVITT_TOPIC_PREFIX": "for tests that share a broker",
    "KVITT_TLS_BY_PROXY": "each process serves TLS by itself",
    "KVITT_LOG_HEADS": "a place that each process writes, where an installation has one",
    "KVITT_RECORDS_PER_TURN": "as it is",
    "KVITT_PARKED_KEYS_PER_REGION": "as it is",
    "KVITT_PARKED_BYTES_PER_REGION": "as it is",
    "KVITT_LOG_LEVEL": "as it is",
    "KVITT_HISTORY": "for tests",
    "KVITT_FAILPOINTS": "of the local profile alone",
    "KVITT_CHECK_LOCK_ORDER": "for tests",
    "KVITT_RECONCILES_AT": "as it is",
    "KVITT_MOVES_CLOCK": "of the local profile alone",
    "KVITT_PORTAL_LOCAL_KEY": "of the local profile alone",
    "KVITT_PERSON_KEYS_FILE": "in the place of KVITT_PERSON_KEY while that is replaced",
    "KVITT_FILES_REGION": "of Amazon's alone",
    "KVITT_FILES_MAX_BYTES": "as it is",
    "KVITT_MAIL_PORT": "as it is",
    "KVITT_MAIL_TLS": "as it is",
    "KVITT_MAIL_CA_FILE": "for a mail server that is not publicly known",
    "KVITT_MAIL_USERNAME": "for a mail server that asks for it",
    "KVITT_MAIL_PASSWORD_FILE": "for a mail server that asks for it",
}


@pytest.mark.parametrize("part", parts(), ids=lambda part: part.name)
def test_what_is_said_is_a_setting_and_each_setting_is_said(part: Part) -> None:
    said = part.environment.keys() | {one for one in part.secrets if one.isupper()}
    settings = _names(part.name)

    assert said - settings - OF_OTHERS == set()
    of_orders: set[str] = set() if part.name == "orders" else {"KVITT_PERSON_KEY"}
    assert settings - said - LEFT.keys() - of_orders == set()


@pytest.mark.parametrize("name", OF)
def test_compose_says_settings_and_no_secret(name: str) -> None:
    said = COMPOSE[name]["environment"]

    assert said.keys() - _names(name) - OF_OTHERS == set()
    assert said.keys() & SECRETS == set()


@pytest.mark.parametrize("name", OF)
def test_compose_asks_for_a_migration_first_and_hardens(name: str) -> None:
    one = COMPOSE[name]

    assert one["depends_on"][f"migrate-{name}"] == {"condition": "service_completed_successfully"}
    assert (one["read_only"], one["cap_drop"]) == (True, ["ALL"])
    assert one["security_opt"] == ["no-new-privileges:true"]
    assert one["environment"]["KVITT_TLS_CERT_FILE"]


def test_what_is_left_is_a_setting() -> None:
    every: set[str] = set().union(*map(_names, OF))

    assert LEFT.keys() - every == set()


def _names(part: str) -> set[str]:
    return {
        str(kind.model_config.get("env_prefix", "")) + field.upper()
        for kind in OF[part]
        for field in kind.model_fields
    }
