"""The feed that a region's own systems read: what was refused, what orders and transfers became."""
