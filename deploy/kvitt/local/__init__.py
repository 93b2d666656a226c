"""PostgreSQL, Kafka and the services on one machine, as real processes."""
