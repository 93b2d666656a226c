"""From the service's event log to Kafka: the relay and what it reads and sends."""
