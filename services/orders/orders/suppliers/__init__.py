"""The register of suppliers, with the contact details that orders alone keeps (REF-13)."""
