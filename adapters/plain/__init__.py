"""The plain session: SQLModel's own, on SQLAlchemy's engines, as the textbook has it."""
