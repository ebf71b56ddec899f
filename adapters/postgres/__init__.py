"""The PostgreSQL engine: a pool of asyncpg connections that execute statements directly."""
