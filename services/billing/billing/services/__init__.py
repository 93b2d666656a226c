"""What work orders and urgent pickups cost."""
