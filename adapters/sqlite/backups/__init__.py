"""Backups of a SQLite file, and restores from them."""
