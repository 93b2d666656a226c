"""Plugins that every test may use. Fixtures stand in the plugins."""

pytest_plugins = [
    "kvitt_testkit.workers",
    "kvitt_testkit.fixtures",
    "kvitt_testkit.no_skips",
    "kvitt_testkit.slowest",
    "kvitt_testkit.world",
    "kvitt_testkit.running",
]
