"""The relay's metrics, for one service: declarations only."""

from kvitt_chassis.metrics import declare


class RelayMetrics:
    """One service's metrics with their label bound: looking a label up costs as much as an
    increment.
    """

    def __init__(self, service: str) -> None:
        self.sent = _SENT.labels(service)
        self.delay = _DELAY.labels(service)
        self.oldest = _OLDEST.labels(service)
        self.holder = _HOLDER.labels(service)
        self.refused = _REFUSED.labels(service)
        self.kafka_failures = _FAILURES.labels(service, "kafka")
        self.database_failures = _FAILURES.labels(service, "database")


_SENT = declare(
    "counter",
    "outbox_sent_events",
    "Events that Kafka has acknowledged.",
    "None needed; when it stands still while outbox_oldest_unsent_seconds grows, look there.",
)
_DELAY = declare(
    "histogram",
    "outbox_delay_seconds",
    "From an event's insert to Kafka's acknowledgement, of each page's first event.",
    "Look at relay_failures; else Kafka or the database is slow.",
)
_OLDEST = declare(
    "gauge",
    "outbox_oldest_unsent_seconds",
    "Age of the oldest event that is in hand or could not be sent; 0 when all is sent.",
    "Look at relay_failures and relay_refused, then at Kafka.",
)
_HOLDER = declare(
    "gauge",
    "relay_holder",
    "1 in the one process of the service whose relay sends.",
    'None in any process for more than 3 s: look at relay_failures{part="database"}.',
)
_REFUSED = declare(
    "gauge",
    "relay_refused",
    "1 while the relay refuses to send, since the database or Kafka is not the one it knew.",
    "Read the log, decide what may be missing, then `kvitt outbox rebase`.",
)
_FAILURES = declare(
    "counter",
    "relay_failures",
    "How often a page or a statement of the relay failed. All are tried again.",
    "Look at the part that is named: kafka or database.",
    ["part"],
)
