"""ASGI middleware: what is done to every request, whatever route it has."""
