"""What is printed for a patient about devices, and lines for the patient record (ORD-17)."""
