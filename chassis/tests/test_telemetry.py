from kvitt_chassis.operating.telemetry import Telemetry, current_traceparent
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

REMOTE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def test_a_span_continues_the_trace_that_came_with_the_request() -> None:
    with Telemetry("orders").span("http", parent=REMOTE):
        ours = current_traceparent()

    assert ours is not None
    assert ours.split("-")[1] == REMOTE.split("-")[1]
    assert ours != REMOTE


def test_without_a_span_there_is_nothing_to_hand_on() -> None:
    assert current_traceparent() is None


def test_a_batch_links_to_the_traces_of_its_events() -> None:
    exported = InMemorySpanExporter()
    telemetry = Telemetry("orders", exporter=exported)

    with telemetry.span("batch", links=[REMOTE, None, "broken", REMOTE], count=4):
        pass
    telemetry.close()

    (span,) = exported.get_finished_spans()
    assert [f"{link.context.trace_id:032x}" for link in span.links] == [REMOTE.split("-")[1]]
    assert (span.attributes or {})["count"] == 4


def test_an_exception_leaves_its_text_out_of_the_span() -> None:
    exported = InMemorySpanExporter()
    telemetry = Telemetry("orders", exporter=exported)

    try:
        with telemetry.span("http"):
            raise ValueError("189001019802")
    except ValueError:
        telemetry.close()

    (span,) = exported.get_finished_spans()
    assert "189001019802" not in span.to_json()
