"""Reads of a SQLite file that run in threads: scans, and pages of a large file."""
