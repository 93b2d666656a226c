"""Erasure of a person (REF-23): what stands against it, what goes, and what the law keeps."""
