"""Min sida, and what is said of the portal itself: help, keys and accessibility."""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from kvitt_portal.forms import Form
from kvitt_portal.here import Here, Perhaps, Visit, portal_of
from kvitt_portal.names import Names
from kvitt_portal.pages.orders import SUPPLIES
from kvitt_portal.services import Part

router = APIRouter()

_CHOICES = {one: SUPPLIES[one] for one in ("central", "own_store")}
"""Between which sources one chooses; what comes direct follows from the article."""


@router.get("/mina-uppgifter")
async def own(here: Here) -> Response:
    """Who the user is to the register: name and contact, roles, service points."""
    return await _own(here, Form())


@router.post("/mina-uppgifter/forval")
async def choose_supply(here: Here) -> Response:
    """Choose from where what is ordered is proposed to come (REF-10)."""
    form = await here.form()
    path = f"/users/{here.user.user_id}:set-default-supply"
    body = {"default_supply": form["default_supply"]}
    part = await here.send("orders", "POST", path, body, form)
    if part.problem is not None:
        form.refuse(part.problem)
        return await _own(here, form)
    return here.go("/mina-uppgifter", "Ditt förval är sparat.")


@router.post("/mina-uppgifter/e-post")
async def choose_mail(here: Here) -> Response:
    """Choose which messages also come by e-mail (NTF-4)."""
    form = await here.form()
    body = {"email": form.all("email")}
    part = await here.send("notifications", "PUT", "/preferences", body, form)
    if part.problem is not None:
        form.refuse(part.problem, {"email": "email"})
        return await _own(here, form)
    return here.go("/mina-uppgifter", "Ditt val av e-post är sparat.")


async def _own(here: Visit, form: Form) -> Response:
    mail = await _mail(here, form)
    me = await here.ask("orders", f"/users/{here.user.user_id}")
    if me:
        form.give("default_supply", me.value.get("default_supply") or "central")
    acts_for = me.value["acts_for"] if me else []
    names = await Names.of(here, users=[here.user.user_id, *acts_for])
    return here.page(
        "own/own.html",
        me=me,
        form=form,
        supplies=_CHOICES,
        mail=mail,
        choices=[
            (one["routine"], one["title"])
            for one in (mail.value["email"] if mail else ())
            if not one["by_region"]
        ],
        contact=names.users.get(here.user.user_id),
        acts_for=[names.user(one) for one in acts_for],
    )


async def _mail(here: Visit, form: Form) -> Part | None:
    """What the user is mailed, filled into the form unless they are choosing; None where it is not
    theirs to choose.
    """
    if not here.may("notifications.preferences.set"):
        return None
    mail = await here.ask("notifications", "/preferences")
    if mail and "email" not in form:
        form.give_all("email", [one["routine"] for one in mail.value["email"] if one["chosen"]])
    return mail


@router.get("/tillganglighet")
async def accessibility(request: Request, here: Perhaps) -> Response:
    """The statement of accessibility, for everybody."""
    return _for_all(request, here, "own/accessibility.html")


@router.get("/hjalp")
async def help_page(request: Request, here: Perhaps) -> Response:
    """How the portal works, and its keys; for everybody."""
    return _for_all(request, here, "own/help.html")


@router.post("/hjalp/tangenter")
async def turn_keys(here: Here) -> Response:
    """Turn the keys on or off, in this browser: who speaks to their computer presses many."""
    form = await here.form()
    on = form["pa"] == "1"
    answer = here.go("/hjalp", f"Tangenterna är {'på' if on else 'av'}.")
    here.turn_keys(answer, on=on)
    return answer


def _for_all(request: Request, here: Visit | None, template: str) -> Response:
    if here is not None:
        return here.page(template)
    portal = portal_of(request)
    return HTMLResponse(portal.render(template, here=None, word=portal.word, notices=[]))
