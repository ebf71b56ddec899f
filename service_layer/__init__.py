"""Use cases of heroes, and their ports: unit of work, idempotency store and database."""
