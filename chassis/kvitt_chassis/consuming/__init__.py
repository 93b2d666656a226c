"""From Kafka to the effect: reading, order, parking, quarantine, timers."""
