"""Authentication by ``Authorization: Bearer``, and the scopes that a request needs.

An ASGI middleware, ``middleware/authentication.py``, decides before FastAPI is called (record 42).
``get_principal`` is the dependency that returns its result, and ``authorize`` the one that routes
declare.
"""
