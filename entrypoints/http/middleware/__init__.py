"""ASGI middleware, which handles every request, whatever its route."""
