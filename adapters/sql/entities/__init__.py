"""Entities of any kind in SQL: how they map to rows, and the repository for them."""
