"""The operations of the API, a module each. To add one, add a module and a line here."""

from watchdesk.web.api import playground, status
from watchdesk.web.routes import Operation

OPERATIONS: tuple[Operation, ...] = (
    status.STATUS,
    playground.CHECK,
    playground.TRY,
    playground.BACKTEST,
)
