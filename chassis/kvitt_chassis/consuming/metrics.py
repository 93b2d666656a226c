"""The consumer's metrics: declarations only."""

from kvitt_chassis import metrics

LAG = metrics.declare(
    "gauge",
    "consumer_lag_messages",
    "Messages of a topic whose effects are not committed yet, in this process's partitions.",
    "Growing: look for pauses, database trouble, a slow handler; add a replica (at most 6).",
    ("group", "region", "topic"),
)
LAG_SECONDS = metrics.declare(
    "gauge",
    "consumer_lag_seconds",
    "For how long the oldest message of a topic has waited for its effect, in this process's"
    " partitions, as far back as the process has looked.",
    "As consumer_lag_messages; one region's topic alone: parked_region_held, `kvitt status`.",
    ("group", "region", "topic"),
)
RESTARTS = metrics.declare(
    "counter",
    "consumer_restarts_total",
    "Times that the watchdog restarted a client that lagged and did not move.",
    "Again and again: look at the broker and at the network to it.",
    ("group",),
)
PAUSES = metrics.declare(
    "counter",
    "consumer_pauses_total",
    "Times that a partition was paused since too many messages in a row failed.",
    "The log names the handler and the error: something that all of them need is broken.",
    ("topic",),
    silent="no partition was paused since the process began",
)
PAUSED = metrics.declare(
    "gauge",
    "consumer_paused_partitions",
    "Partitions of a topic that are paused now, since too many messages in a row failed.",
    "Not 0: the log names the handler and the error; docs/runbooks/alarms/PartitionPaused.md.",
    ("group", "region", "topic"),
)
TROUBLES = metrics.declare(
    "counter",
    "consumer_lock_troubles_total",
    "Transactions tried again after a deadlock, a lock's timeout or a lost connection.",
    "Growing: look at the database, and at long transactions.",
    silent="no transaction was tried again since the process began",
)
