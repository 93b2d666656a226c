"""A consumer that parks and tries again at once."""

import pytest
from kvitt_chassis.consuming.consumer import Consumer
from kvitt_chassis.database import Database

from chassis.tests import trail


@pytest.fixture
def consumer(database: Database) -> Consumer:
    return trail.a_consumer(database, tuning=trail.quick())
