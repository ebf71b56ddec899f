"""Authentication by ``Authorization: Bearer``, and the scopes that a request needs.

The ASGI middleware in ``middleware/authentication.py`` authenticates a request before FastAPI is
called (record 42). The dependency ``get_principal`` returns the principal. Routes declare the
dependency ``authorize``, which checks the scope.
"""
