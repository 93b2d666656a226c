"""Alembic's environment: the database comes from the job (kvitt_chassis.migrate)."""

from kvitt_chassis.migrations import run_env

run_env()
