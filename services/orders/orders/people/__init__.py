"""Persons: the vault. Numbers, names and addresses are stored here and nowhere else."""
