"""Traces: one from the HTTP request through outbox, Kafka and inbox to the effect. No metrics.

Without an address to export to, no span is exported, but trace ids are still passed on.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.trace import Link, Span, SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_propagator = TraceContextTextMapPropagator()
_MAX_LINKS = 128


class Telemetry:
    """The spans of one service: an HTTP request, a batch from Kafka, a page of the relay."""

    def __init__(self, service: str, *, exporter: SpanExporter | None = None) -> None:
        resource = Resource.create({"service.name": f"kvitt-{service}"})
        self._provider = TracerProvider(resource=resource)
        if exporter is not None:
            self._provider.add_span_processor(
                # small and often: packing hundreds at once keeps the event loop waiting
                BatchSpanProcessor(exporter, schedule_delay_millis=1_000, max_export_batch_size=64)
            )
        self._exports = exporter is not None
        self._tracer = self._provider.get_tracer("kvitt")

    @classmethod
    def of(cls, service: str, *, endpoint: str | None) -> "Telemetry":
        """Exports to an OTLP address over HTTP (`http://host:4318`), or nowhere when None."""
        if not endpoint:
            return cls(service)
        # 2 MiB, of use to a process that exports alone
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        address = endpoint.rstrip("/")
        address = address if address.endswith("/v1/traces") else f"{address}/v1/traces"
        return cls(service, exporter=OTLPSpanExporter(endpoint=address))

    @property
    def is_recording(self) -> bool:
        """False when no span is exported: work that only serves a span can be spared."""
        return self._exports

    @contextmanager
    def span(
        self,
        name: str,
        *,
        kind: SpanKind = SpanKind.INTERNAL,
        parent: str | None = None,
        links: Iterable[str | None] = (),
        **attributes: str | int,
    ) -> Iterator[Span]:
        """A span around some work. `parent` and `links` are `traceparent` texts.

        Attributes hold names and counts; never a key, an address or a text of a message.
        """
        context = _propagator.extract({"traceparent": parent}) if parent else None
        with self._tracer.start_as_current_span(
            name,
            context=context,
            kind=kind,
            links=_links(links) if self._exports else None,
            attributes=attributes,
            # an exception's text may repeat what came in: its type is enough
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                yield span
            except BaseException as error:
                span.set_status(StatusCode.ERROR, type(error).__name__)
                raise

    def close(self) -> None:
        """Export what is left, for at most a few seconds."""
        self._provider.force_flush(3_000)
        self._provider.shutdown()


def current_traceparent() -> str | None:
    """The `traceparent` of the current span, to be stored with events; None without one."""
    carrier: dict[str, str] = {}
    _propagator.inject(carrier)
    return carrier.get("traceparent")


def _links(parents: Iterable[str | None]) -> list[Link]:
    links = []
    for parent in sorted({one for one in parents if one})[:_MAX_LINKS]:
        context = trace.get_current_span(
            _propagator.extract({"traceparent": parent})
        ).get_span_context()
        if context.is_valid:
            links.append(Link(context))
    return links
