"""Limits of a process: connections, requests that wait, and responses that clients do not read."""
