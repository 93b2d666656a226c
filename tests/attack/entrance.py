"""What a region's broken or evil program may send to `POST /region-messages`, instead of to Kafka.
Each event has its verdict in the answer. What is let in ends as Kafka's records do; nothing is kept
of what is rejected, and its sender is told why. Another region's work goes on meanwhile.
"""

import time
from collections.abc import Mapping
from itertools import count
from typing import Any

import httpx
from kvitt_chassis.operating.masking import holds_personal_number

from tests.attack import events
from tests.attack.beside import Beside
from tests.attack.edge import FLOOR_SECONDS, SLOWER
from tests.attack.ends import Ends, kept
from tests.attack.events import Event, Request
from tests.attack.probe import limit_beside, probing
from tests.attack.records import KINDS
from tests.attack.sending import Inbound, inbound
from tests.attack.setting import OURS, Attack

_WHAT = "what no contract allows, over HTTP"
_ALONE_SECONDS, _LEAST_SECONDS, _REST_SECONDS = 2.0, 8.0, 45.0
_A_SECOND = 12
"""Requests a second; one of three is a list: some forty events, as many as the services settle."""
_MOST_IN_A_LIST = 12
_HELD_SECONDS = 4.0
"""So long who is told to wait waits, before the same events are sent once more."""
_TRIES = 3
_HEAD_BYTES, _BODY_BYTES = 16 * 1024, 1024 * 1024
"""What is longer may meet a connection that is closed before all of it is sent."""
_REFUSED_WHOLE = (400, 413, 415, 422, 431)
_JSON = ("application/json", "application/problem+json")
_WEIGHTS = [0.15 if name == "large" else 1.0 for name, _ in KINDS]
_OF_NO_USE = """
    SELECT count(*) FROM parked_messages JOIN parked_keys USING (topic, key)
    WHERE cause IN ('unreadable', 'too_large', 'invalid', 'unknown_version')
"""


class Entrance:
    """What is sent over HTTP as the region, and what is said of it."""

    def __init__(self, on: Attack) -> None:
        self._on = on
        self._readers = {one.reader for one in inbound(on.world, OURS)}
        self._ends = Ends(on, self._readers)
        self._accepted: dict[str, set[str]] = {one: set() for one in self._readers}
        self._rejected: dict[str, set[str]] = {one: set() for one in self._readers}
        self._useless = self._of_no_use()
        self._client = httpx.Client(
            timeout=30.0, headers={"Authorization": f"Bearer {on.world.region_token()}"}
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def send(self, reader: str, request: Request) -> None:
        """Send a request to a service, again where it is told to wait, and judge the answer."""
        for _ in range(_TRIES):
            answer = self._ask(reader, request)
            if answer is None:
                return
            self._on.count(f"answers {answer.status_code}")
            if answer.status_code not in (429, 503):
                self._judge(reader, request, answer)
                return
            self._check_words(reader, answer)
            said = answer.headers.get("Retry-After", "1")
            time.sleep(min(float(said) if said.isdigit() else 1.0, _HELD_SECONDS))
        self._on.count("requests without a verdict")

    def judge(self, seconds: float) -> None:
        """Within so many seconds each event that was let in has come to its end; nothing is kept of
        what was rejected, and nothing was let in that its reader cannot read.
        """
        self._ends.judge(seconds)
        for reader in self._readers:
            accepted, rejected = self._accepted[reader], self._rejected[reader]
            self._on.count("events let in", len(accepted))
            self._on.count("events rejected", len(rejected))
            if kept_ones := kept(self._on, reader, rejected - accepted):
                one = min(kept_ones)
                self._on.find(f"{reader} keeps what it has rejected", n=len(kept_ones), one=one)
        for reader, now in self._of_no_use().items():
            if now > self._useless[reader]:
                n = now - self._useless[reader]
                self._on.find(f"{reader} lets in what it cannot read", n=n)
        for what, ids in (("let in", self._accepted), ("rejected", self._rejected)):
            if not any(ids.values()):
                self._on.find(f"nothing is {what}")

    def _ask(self, reader: str, request: Request) -> httpx.Response | None:
        """The answer; none where there is none, which is found unless there was too much."""
        url = f"{self._on.world.services[reader].url}/region-messages"
        sent = [(name.encode(), value) for name, value in request.headers]
        try:
            return self._client.post(url, headers=sent, content=request.body)
        except httpx.HTTPError as error:
            is_over = request.head_bytes > _HEAD_BYTES or len(request.body) > _BODY_BYTES
            if is_over:
                self._on.count("closed before all was sent")
            else:
                self._on.find(f"{reader} does not answer", mode=request.mode, error=repr(error))
            return None

    def _judge(self, reader: str, request: Request, answer: httpx.Response) -> None:
        told = self._check_words(reader, answer)
        results = told.get("results")
        if results is None:
            if answer.status_code not in _REFUSED_WHOLE:
                self._find(reader, "gives no verdict", request, answer)
            self._rejected[reader].update(one for one in request.ids or () if one)
            return
        if request.ids is None:
            if results:
                self._find(reader, "finds events where none are", request, answer)
            return
        if len(results) != len(request.ids):
            self._find(reader, "does not give each event its verdict", request, answer)
            return
        for message, verdict in zip(request.ids, results, strict=True):
            self._judge_event(reader, request, answer, message, verdict)

    def _judge_event(
        self,
        reader: str,
        request: Request,
        answer: httpx.Response,
        message: str | None,
        verdict: Mapping[str, Any],
    ) -> None:
        if not verdict["accepted"]:
            if not all(verdict.get(one) for one in ("reason", "rule", "way_on")):
                self._find(reader, "rejects without a reason or a way on", request, answer)
            if message is not None:
                self._rejected[reader].add(message)
            return
        if answer.status_code != 202 or message is None or verdict["id"] != message:
            self._find(reader, "lets in another event than was sent", request, answer)
            return
        self._accepted[reader].add(message)
        self._ends.expect(reader, message)

    def _check_words(self, reader: str, answer: httpx.Response) -> Mapping[str, Any]:
        """What the answer says: that it is no error of ours, names a way on, and repeats nobody's
        number.
        """
        status, said = answer.status_code, answer.text[:200]
        kind = answer.headers.get("content-type", "")
        told: Mapping[str, Any] = answer.json() if kind.startswith(_JSON) else {}
        if status >= 500 and status != 503:
            self._on.find(f"{reader} answers {status} to what a region sends", said=said)
        elif status >= 400 and not {"reason", "rule", "way_on"} <= told.keys():
            self._on.find(f"{reader} refuses by no problem document", status=status, said=said)
        if holds_personal_number(answer.text):
            self._on.find(f"{reader} repeats a person's number", said=said)
        return told

    def _find(self, reader: str, what: str, request: Request, answer: httpx.Response) -> None:
        status, said = answer.status_code, answer.text[:200]
        self._on.find(f"{reader} {what}", mode=request.mode, status=status, said=said)

    def _of_no_use(self) -> dict[str, int]:
        """How much rests in each service's quarantine that its reader cannot read."""
        numbers: dict[str, int] = {}
        for reader in self._readers:
            with self._on.world.database(reader) as database:
                (number,) = database.execute(_OF_NO_USE).fetchone() or (0,)
            numbers[reader] = int(number)
        return numbers


def attack(on: Attack) -> None:
    """Nobody sends anything first; then requests of every mode, until the time is up."""
    with probing(on, "no events over HTTP", of=None) as alone, Beside(on) as before:
        before.go_on_for(_ALONE_SECONDS)
    entrance = Entrance(on)
    try:
        with probing(on, _WHAT, of=limit_beside(alone)), Beside(on) as others:
            _send_until_late(on, entrance, others)
        entrance.judge(_REST_SECONDS)
    finally:
        entrance.close()
    others.judge(_WHAT, max(FLOOR_SECONDS, SLOWER * before.at(0.95)))


def _send_until_late(on: Attack, entrance: Entrance, others: Beside) -> None:
    """At a steady pace, in an order of chance; some again, and some to a service that does not take
    their type.
    """
    chance, topics = on.chance, inbound(on.world, OURS)
    on.take(_LEAST_SECONDS)
    began = time.monotonic()
    earlier: list[tuple[str, Request]] = []
    for number in count():
        if not on.has_time:
            break
        time.sleep(max(0.0, began + number / _A_SECOND - time.monotonic()))
        others.go_on()
        if earlier and chance.random() < 0.1:
            reader, request = chance.choice(earlier)
            on.count("again")
        else:
            to = chance.choice(topics)
            request = _request(on, to)
            reader = to.reader if chance.random() < 0.95 else chance.choice(topics).reader
            on.note(f"{request.mode} {reader} {request.ids}")
            earlier.append((reader, request))
        on.count(request.mode)
        entrance.send(reader, request)


def _request(on: Attack, to: Inbound) -> Request:
    """One of any mode. Most lists hold only documents that can be read, so that each event of them
    is judged by itself.
    """
    chance = on.chance
    mode = chance.choices(("structured", "binary", "batch", "none"), (3, 3, 3, 1))[0]
    if mode == "none":
        return chance.choice(events.NO_EVENTS)(chance)
    if mode == "batch":
        many = [_event(on, to) for _ in range(1 + chance.randrange(_MOST_IN_A_LIST))]
        is_spoilt = chance.random() < 0.15
        return events.batch([one for one in many if is_spoilt or events.is_json(one)])
    event = _event(on, to)
    return events.binary(chance, event) if mode == "binary" else events.structured(event)


def _event(on: Attack, to: Inbound) -> Event:
    ((kind, make),) = on.chance.choices(KINDS, _WEIGHTS)
    on.count(f"event: {kind}")
    return make(on.chance, on.chance.choice(to.types))
