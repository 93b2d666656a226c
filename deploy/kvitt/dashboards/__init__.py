"""Grafana's dashboards, made by its own SDK from the metrics that are declared."""
