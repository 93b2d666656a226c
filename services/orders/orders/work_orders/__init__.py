"""Work orders (ACT): registered, planned, started, finished; applications are decided."""
