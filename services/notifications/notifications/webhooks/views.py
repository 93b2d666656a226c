"""What webhooks look like over HTTP. A secret is shown when it is made, and never again."""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from kvitt_chassis.http import Body
from kvitt_contracts.types import Day, Known
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from notifications.feed.cursors import place_of
from notifications.feed.types import KNOWN
from notifications.webhooks import domain
from notifications.webhooks.domain import Status, WhyPaused
from notifications.webhooks.queries import Found


class WebhookBody(Body):
    """En webhook: vart flödet ska skickas."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "url": "https://hjalpmedel.region.example/kvitt",
                    "types": ["region.order.reported.v1"],
                    "from": "2026-05-01",
                }
            ]
        },
    )

    url: Annotated[
        str,
        Field(min_length=1, max_length=1_000, description="Mottagarens adress, https"),
    ]
    types: Annotated[
        list[Annotated[str, Field(max_length=100)]] | None,
        Known(*sorted(KNOWN)),
        Field(min_length=1, max_length=30, description="Bara de här typerna; annars alla"),
    ] = None
    from_day: Annotated[
        Day | None,
        Field(alias="from", description="Från och med dagen; annars från och med nu"),
    ] = None


class NothingBody(Body):
    """Inget mer behöver sägas."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{}]})


class RotateSecretBody(Body):
    """Hur länge den äldre hemligheten signerar bredvid den nya."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"overlap_hours": 24}]}
    )

    overlap_hours: Annotated[
        int,
        Field(
            ge=0,
            le=168,
            description="Timmar; 0: den gamla slutar gälla genast (den har läckt)",
        ),
    ] = int(domain.OVERLAP.total_seconds()) // 3600


class ReplayBody(Body):
    """Varifrån det ska skickas: en dag, eller en plats i flödet. En av dem."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"from": "2026-05-01"}]}
    )

    from_day: Annotated[
        Day | None, Field(alias="from", description="Från och med dagen, en gång till")
    ] = None
    after: Annotated[
        str | None,
        Field(min_length=1, max_length=60, description="Efter platsen, som GET /feed ger den"),
    ] = None


class WebhookView(BaseModel):
    """En webhook."""

    webhook_id: UUID
    url: str
    types: Annotated[list[str] | None, Known(*sorted(KNOWN)), Field(description="Tomt: alla")]
    status: Status
    why_paused: Annotated[
        WhyPaused | None,
        Field(
            description="asked: någon har pausat den; failing: mottagaren har inte svarat som den"
            " ska på tre dygn; gone: den har svarat 410"
        ),
    ]
    behind: Annotated[int, Field(description="Så många händelser i flödet har den kvar")]
    cursor: Annotated[
        str, Field(description="Platsen som allt är mottaget till, som GET /feed tar den i after")
    ]
    created_at: AwareDatetime
    delivered_at: Annotated[AwareDatetime | None, Field(description="Senast något togs emot")]
    failure: Annotated[
        str | None, Field(description="Vad som gick fel senast: HTTP_500, TIMEOUT, CERTIFICATE …")
    ]
    failing_since: AwareDatetime | None
    next_try_at: Annotated[AwareDatetime | None, Field(description="När den försöks igen")]
    secrets: Annotated[int, Field(description="Så många hemligheter signerar nu")]
    older_secrets_until: Annotated[
        AwareDatetime | None, Field(description="När den sista äldre hemligheten slutar signera")
    ]

    @classmethod
    def of(cls, found: Found) -> "WebhookView":
        """The view of a row, the feed's last place and the event at its own."""
        return cls(**_shown(found))


class NewWebhookView(WebhookView):
    """En webhook som just har skapats, med sin hemlighet: den visas bara nu."""

    secret: Annotated[str, Field(description="whsec_…: bara den verifierar signaturerna")]


class TestedWebhookView(WebhookView):
    """En webhook och vad dess mottagare svarar på ett prov."""

    pending: Annotated[bool, Field(description="Provet är inte besvarat än")]
    answer: Annotated[
        str | None, Field(description="OK, eller vad som gick fel: HTTP_500, TIMEOUT …")
    ]

    @classmethod
    def of_test(cls, found: Found, test_id: UUID) -> "TestedWebhookView":
        """The view when this test is asked for; another one may have been since."""
        row = found[0]
        is_pending = row.test_id == test_id and row.tested_at is None
        return cls(**_shown(found), pending=is_pending, answer=row.test_answer)


class NoWebhook(BaseModel):
    """Webhooken finns inte kvar."""

    webhook_id: UUID


def _shown(found: Found) -> dict[str, Any]:
    row = found[0]
    signing = domain.signing(row.secrets, now=datetime.now(UTC))
    is_failing = row.failing_since is not None and row.status is Status.ACTIVE
    return {
        "webhook_id": row.webhook_id,
        "url": row.url,
        "types": None if row.types is None else list(row.types),
        "status": row.status,
        "why_paused": row.why_paused,
        "behind": max(found[1] - row.place, 0),
        "cursor": place_of(row.place, found[2]).text,
        "created_at": row.created_at,
        "delivered_at": row.delivered_at,
        "failure": row.failure,
        "failing_since": row.failing_since,
        "next_try_at": row.next_try_at if is_failing else None,
        "secrets": len(signing),
        "older_secrets_until": max((one.until for one in signing if one.until), default=None),
    }
