"""The servers that heroes is measured beside, one a file.

Each module has ``prepare(url)``, which makes the table in an empty database, and
``build_app(url)``, which returns the ASGI application. ``url`` is ``sqlite:////a/file.db`` or
``postgresql://...``.
"""
