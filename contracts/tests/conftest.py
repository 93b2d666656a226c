"""Hypothesis' setting for these tests: no time limit per example, since the machine is shared."""

from hypothesis import HealthCheck, settings

settings.register_profile("shared", suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared")
