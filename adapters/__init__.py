"""Storage of heroes: SQLModel tables, repositories, database engines and migrations."""
