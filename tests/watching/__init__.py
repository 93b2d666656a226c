"""Alarms and dashboards on a running system: asked of Prometheus, fired through Alertmanager."""
