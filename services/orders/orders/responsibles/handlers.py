"""The projection of who answers for service points."""

from kvitt_chassis.handlers import Handlers
from kvitt_contracts.bmb import ResponsiblesSet

from orders.responsibles.models import ResponsiblesRow

projections = Handlers()
projections.project(ResponsiblesSet, ResponsiblesRow)
