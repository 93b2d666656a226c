"""Reports of faults on rented devices that nobody prescribes, and who answers them (ACT-6)."""
