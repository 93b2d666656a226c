"""The scenarios: one function each, by what the fault strikes."""
