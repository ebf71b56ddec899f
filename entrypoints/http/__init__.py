"""HTTP for any resource: errors, preconditions, idempotency and JSON. It knows no entity."""
