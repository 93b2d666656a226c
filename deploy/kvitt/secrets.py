"""The commands `kvitt secrets`: another key takes an old one's place while everything goes on."""

import os
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

import httpx
import typer
from kvitt_contracts.access import Grantee

from kvitt.admin import urls_in, who_operates
from kvitt.local.problems import LocalProblem
from kvitt.local.state import State
from kvitt.local.tokens import TokenIssuer
from kvitt.options import DEFAULT_STATE, StateOption
from kvitt.terminal import console
from kvitt.troubles import of_answer

secrets = typer.Typer(no_args_is_help=True, help="Keys that are replaced while services go on.")

_SECONDS = 60.0


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.add_typer(secrets, name="secrets")


@secrets.callback()
def _together() -> None:
    """Keys that are replaced while services go on."""


@secrets.command("rekey-search")
def rekey_search(
    region: Annotated[str, typer.Option(help="The region whose persons are re-keyed.")],
    stop: Annotated[bool, typer.Option("--stop", help="Stop until it is asked for again.")] = False,
    status: Annotated[bool, typer.Option("--status", help="Only tell how far it is.")] = False,
    state_dir: StateOption = DEFAULT_STATE,
) -> None:
    """Hash what persons are found by anew, by the current key; tells how many are left.

    Searches go on meanwhile, and so does the job when this command has ended.
    """
    url, token = _orders(state_dir, region)
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
    try:
        with httpx.Client(base_url=url, headers=headers, timeout=_SECONDS) as client:
            if status:
                answer = client.get("/search-index")
            else:
                answer = client.post("/search-index:rekey", json={"stopped": stop})
    except httpx.HTTPError as error:
        raise LocalProblem(
            f"orders does not answer ({type(error).__name__}).",
            remedy="kvitt status shows what runs.",
        ) from error
    if not answer.is_success:
        raise of_answer("orders", answer)
    console.print(_said(region, answer.json()))


def _said(region: str, told: dict[str, Any]) -> str:
    if told["stopped"]:
        state = "stopped"
    elif not told["left"]:
        state = "done"
    else:
        state = "under way" if told["begun"] else "not begun"
    return (
        f"Region {region}, key {told['version']}: {told['done']} persons done,"
        f" {told['left']} left; {state}."
    )


def _orders(state_dir: Path, region: str) -> tuple[str, str]:
    elsewhere = urls_in("KVITT_URLS")
    if elsewhere:
        token = os.environ.get("KVITT_TOKEN", "")
        if not token or "orders" not in elsewhere:
            raise LocalProblem(
                "KVITT_URLS names no orders, or KVITT_TOKEN is not set.",
                remedy="KVITT_TOKEN is a token of the region with the role ops.",
            )
        return elsewhere["orders"], token
    directory = state_dir.resolve()
    state = State.existing(directory) if State.exists(directory) else None
    if state is None or "http-orders" not in state.ports:
        raise LocalProblem(
            f"No services are known in {directory}.",
            remedy="Start them (kvitt up), or name them with KVITT_URLS.",
        )
    token = TokenIssuer(directory).issue(who_operates(), region=region, roles=(Grantee.OPS,))
    return f"http://127.0.0.1:{state.ports['http-orders']}", token
