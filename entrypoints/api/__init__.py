"""The REST API: routes, schemas, and HTTP's rules. Knows use cases and ports, no adapters."""
