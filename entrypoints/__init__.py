"""Entry points: the settings, the command line, the HTTP API and the HTTP server."""
