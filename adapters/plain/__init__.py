"""Sessions of SQLModel on SQLAlchemy's engine, as the documentation of both shows them."""
