"""How every reader of a topic handles a record that comes again. No IO, no Kafka client.

Kafka has each event at least once: a relay that is killed between sending a page and storing its
cursor sends the page again, byte for byte. Subject and sequence tell which record is new.
"""

from uuid import UUID

from kvitt_contracts.envelope import Envelope


class AlreadyRead:
    """The events that one reader has read, by topic, subject and sequence.

    For a reader that begins at the topic's beginning each time, such as the story's client of a
    region's feed. One that goes on where it stopped stores the highest sequence of each subject
    beside its effects, as the chassis does in the table `marks`.
    """

    def __init__(self) -> None:
        self._ids: dict[tuple[str, str, int], UUID] = {}

    def is_new(self, topic: str, envelope: Envelope) -> bool:
        """True when the event was not read before; it counts as read from now on.

        The same sequence with another id is another event (a fork, after a restored database), not
        a repetition. Raises ValueError for a message without a sequence: that is a region's own,
        and goes by source and id.
        """
        if envelope.sequence is None:
            raise ValueError(f"{envelope.type} has no ce_sequence")
        place = (topic, envelope.subject, envelope.sequence)
        if self._ids.get(place) == envelope.id:
            return False
        self._ids[place] = envelope.id
        return True
