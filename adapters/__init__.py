"""How heroes are kept: SQLModel tables, repositories, the engines and the migrations."""
