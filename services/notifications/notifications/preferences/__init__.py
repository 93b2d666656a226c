"""What users want mailed beside their messages, chosen by themselves (NTF-4)."""
