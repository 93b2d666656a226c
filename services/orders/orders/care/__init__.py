"""Who may look at a person: a part in their care, or an opening."""
