"""The PostgreSQL engine: a pool of asyncpg's connections, and statements that go straight to it."""
