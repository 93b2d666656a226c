"""The print file: the documents of a month whose payers take no electronic invoice (BIL-9)."""
