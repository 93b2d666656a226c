"""The projection of who takes part in a transfer. Nothing is decided by it but who may look."""

from kvitt_chassis.handlers import Handlers
from kvitt_contracts.bmb import TransferDrafted

from inventory.transfers.models import TransferPartiesRow

messages = Handlers()

messages.project(TransferDrafted, TransferPartiesRow)
