"""The API of heroes: routes and JSON schemas."""
