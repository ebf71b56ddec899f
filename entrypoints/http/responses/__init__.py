"""Responses on their way from the application to the server."""
