"""Errors of the database, independent of the engine."""


class StoreUnavailable(Exception):
    """The database is temporarily unavailable: not reachable, locked, full or read-only.

    The unit of work is rolled back, unless the error is an ``OutcomeUnknown``. A retry may succeed.
    The message is for logs and contains no stored values.
    """


class StoreBusy(StoreUnavailable):
    """Lock timeout: another unit of work holds the lock on a row."""


class StoreHalted(StoreUnavailable):
    """The database refuses requests until it is repaired. The reason has been logged once."""


class StoreMisconfigured(StoreUnavailable):
    """The database answers, but refuses the URL: its user, password, database or settings.

    A start fails with it. While the service runs, an operator may have changed the database.
    """


class OutdatedSchema(StoreUnavailable):
    """A table or a column is missing: migrations are pending, or a newer release has removed it."""


class OutcomeUnknown(StoreUnavailable):
    """The commit failed. It is unknown whether the changes are durable: all are, or none is."""


class StoreConflict(Exception):
    """The change conflicts with existing data, for instance with a unique constraint.

    The message is for logs. It names a constraint or a code, and contains no stored values.
    """


class StoreRefused(StoreConflict):
    """A rule of the database, such as a trigger, does not allow the change."""


class UnusableDatabase(Exception):
    """The database cannot be used in its current state. The message is for the operator."""


class NewerSchema(UnusableDatabase):
    """The schema is that of a newer release. This release may still work with it."""


class UnsupportedSchema(NewerSchema):
    """The schema is that of a newer release, and this release does not work with it."""


class UnsupportedUrl(ValueError):
    """The URL is not that of a supported database. The message says why and omits the URL."""


class UnsupportedReadUrl(UnsupportedUrl):
    """The URL of the replicas is not supported."""
