"""Single lines that are voided, with what was bought of them."""
