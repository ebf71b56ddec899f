"""Mutation testing: mistakes made on purpose, each of which some test must detect."""
