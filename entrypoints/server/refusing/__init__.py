"""Refusals of the server: when they are sent, and how they are reported."""
