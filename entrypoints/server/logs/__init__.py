"""The log: its lines, and how they are written."""
