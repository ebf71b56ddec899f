"""Queries compiled to SQL statements that an index can serve."""
