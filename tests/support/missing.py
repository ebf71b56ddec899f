"""What the service never has."""

NOWHERE = "/nowhere"
"""A path that no route serves. An aggregate's name is none: it may get routes."""
