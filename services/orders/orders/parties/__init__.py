"""Who has a part in an order or a withdrawal, and whether they fit."""
