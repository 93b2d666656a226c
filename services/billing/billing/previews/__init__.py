"""What a change of payer will cost whom, before it is decided (BIL-16)."""
