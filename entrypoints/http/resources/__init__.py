"""What the routes of every aggregate have in common: documentation, responses and pages.

A route stays a function that reads from top to bottom; a ``Resource`` gives it these parts.
"""
