"""Triggers, policies and constraints of users, which refuse valid writes."""
