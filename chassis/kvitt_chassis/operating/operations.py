"""What can be operated: the parts of one process."""

from dataclasses import dataclass

from kvitt_chassis.consuming.consumers import Consumers
from kvitt_chassis.consuming.mass_retries import MassRetries
from kvitt_chassis.consuming.quarantine import Quarantine
from kvitt_chassis.consuming.timers import TimerLoop
from kvitt_chassis.database import Database
from kvitt_chassis.evidence.verifying import Evidence
from kvitt_chassis.operating.health import Health
from kvitt_chassis.operating.proposals import Proposals
from kvitt_chassis.operating.reconciling import Reconciliation
from kvitt_chassis.relaying.relay import Relay
from kvitt_chassis.service import Service


@dataclass(slots=True, kw_only=True)
class Operations:
    """What can be operated: the parts of one process. `database` has the worker's role;
    `consumers` may be others until they are started. `moves_clock`: business time can be moved.
    """

    service: Service
    database: Database
    consumers: Consumers
    relay: Relay
    timers: TimerLoop
    reconciliation: Reconciliation
    evidence: Evidence
    health: Health
    moves_clock: bool = False

    @property
    def quarantine(self) -> Quarantine:
        """The consumers' quarantine."""
        return self.consumers.shared.quarantine

    @property
    def retries(self) -> MassRetries:
        """The retries of many keys."""
        return self.consumers.shared.retries

    @property
    def proposals(self) -> Proposals:
        """What waits for a second person."""
        shared = self.consumers.shared
        return Proposals(self.database, sealer=shared.sealer, quarantine=shared.quarantine)
