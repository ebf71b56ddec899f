"""The API of teams: routes and JSON schemas."""
