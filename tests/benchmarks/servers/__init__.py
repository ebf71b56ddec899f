"""The servers that heroes is compared with, one per file.

Each module has ``prepare(url)``, which creates the table in an empty database, and
``build_app(url)``, which returns the ASGI application, or ``serve(url)`` if it has a server of its
own. ``url`` is ``sqlite:////a/file.db`` or ``postgresql://...``. ``fastify`` does the same in
JavaScript.
"""
