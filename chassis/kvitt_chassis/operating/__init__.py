"""The process of a service and what an operator sees of it."""
