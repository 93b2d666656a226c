"""How a service runs; knows no order and no transfer."""
