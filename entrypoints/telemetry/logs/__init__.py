"""The log: its lines, their two formats, and how they are written."""
