"""Plugins that every test may use. Fixtures stand in the plugins."""

pytest_plugins = ["kvitt.local.fixtures", "kvitt_chassis.testing", "kvitt_chassis.running"]
