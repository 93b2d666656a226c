"""What is charged for devices that were sold to another region, or lost (BIL-7, BIL-8)."""
