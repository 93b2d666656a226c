"""The HTTP application: problem documents, idempotency, lists."""
