"""Persons: the vault. Numbers, names and addresses stand here and nowhere else."""
