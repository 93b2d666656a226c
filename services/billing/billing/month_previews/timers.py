"""When a month's run goes on, and when somebody is alarmed that it waits. What is done is said by
who handles them.
"""

from kvitt_chassis.handlers import Timer

from billing.models import InvoiceRunRow

INVOICE_RUN = Timer("invoice_run", InvoiceRunRow)
UNAPPROVED = Timer("invoice_run_unapproved", InvoiceRunRow)
