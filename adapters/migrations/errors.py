"""Errors of migrations."""

from service_layer.errors import UnusableDatabase


class SchemaMismatch(UnusableDatabase):
    """The revisions cannot migrate the existing schema. It is unchanged."""
