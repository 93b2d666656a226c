"""What users ask of customer service, until it is answered or withdrawn (CAS-1)."""
