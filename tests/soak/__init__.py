"""Load and attacks against a running server, for minutes, and what must hold meanwhile."""
