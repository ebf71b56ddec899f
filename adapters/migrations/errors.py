"""Why a schema can't be brought up to date."""


class SchemaMismatch(Exception):
    """The database holds a schema that this history does not lead on from; it is left as it was."""
