"""Tests of what the service tells its operators."""
