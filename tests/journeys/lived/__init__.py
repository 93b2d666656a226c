"""Journeys on one system that has lived through some days of the regions' business."""
