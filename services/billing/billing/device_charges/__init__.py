"""What is charged for devices that were sold to another region, lost or damaged (BIL-7, BIL-8)."""
