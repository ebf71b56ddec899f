"""Errors of migrations."""

from service_layer.errors import NewerSchema, UnusableDatabase


class SchemaMismatch(UnusableDatabase):
    """The revisions cannot migrate the existing schema. It is unchanged."""


class UnsupportedSchema(SchemaMismatch, NewerSchema):
    """The schema is that of a newer release, and this release does not work with it."""
