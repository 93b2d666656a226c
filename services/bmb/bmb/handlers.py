"""All messages and timers of bmb, from the nouns that handle them."""

from kvitt_chassis.handlers import Handlers

from bmb.acknowledgements.handlers import messages as acknowledgements
from bmb.completion.handlers import messages as completion
from bmb.drafts.handlers import messages as drafts
from bmb.erasures.handlers import messages as erasures
from bmb.expiry.handlers import messages as expiry
from bmb.register.handlers import projections
from bmb.requests.handlers import messages as requests
from bmb.responsibles.handlers import messages as responsibles

messages = Handlers()
for _noun in (
    projections,
    erasures,
    responsibles,
    drafts,
    requests,
    acknowledgements,
    expiry,
    completion,
):
    messages.include(_noun)
