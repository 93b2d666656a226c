"""Why a line of an invoice is as it is, back to the rule's own sentence (BIL-17)."""
