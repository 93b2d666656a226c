"""Bmb's topics: its own, and what regions say to it."""

from kvitt_contracts import bmb, refusals, regions
from kvitt_contracts.topic import domain_topic, inbound_topic

BMB_TRANSFERS = domain_topic(
    "bmb.transfers",
    "TransferId",
    bmb.TransferEvent,
    "inventory",
    "notifications",
    "orders",
)
BMB_RESPONSIBLES = domain_topic(
    "bmb.responsibles",
    "the service point's id",
    bmb.ResponsiblesEvent,
    "notifications",
    "orders",
)
BMB_REFUSALS = domain_topic(
    "bmb.refusals",
    "the answer's id, one for each record",
    refusals.BmbAnswer,
    "notifications",
)
REGION_BMB = inbound_topic(
    "bmb",
    "bmb",
    "what the region calls the transfer, or the service point",
    [
        bmb.SaveTransfer,
        bmb.ExecuteTransfer,
        bmb.CancelTransfer,
        bmb.AcceptTransfer,
        bmb.RejectTransfer,
        bmb.WithdrawTransfer,
        bmb.AskToUnlockTransfer,
        bmb.UnlockTransfer,
        regions.ResponsiblesStated,
    ],
)
