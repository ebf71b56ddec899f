"""Parsing of requests with limits on their size, and the refusal of malformed ones."""
