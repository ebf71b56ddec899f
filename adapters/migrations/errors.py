"""Why a schema can't be brought up to date."""

from service_layer.errors import UnusableDatabase


class SchemaMismatch(UnusableDatabase):
    """The database holds a schema that this history does not lead on from; it is left as it was."""
