"""Journeys across all five services as processes, with only HTTP and Kafka."""
