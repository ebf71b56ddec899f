"""How the world comes in: the settings, the command line and the HTTP API."""
