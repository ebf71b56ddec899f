"""The REST API: routes and schemas. It imports use cases and ports, no adapters."""
