"""The ledger: what is entered on which accounts and day, months that close, the file for others."""
