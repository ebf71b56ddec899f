"""What any store may answer instead of doing its work."""


class StoreUnavailable(Exception):
    """The store can't do this now: away, busy, full or read-only. Asking later may succeed.

    Nothing was changed, unless it is an ``OutcomeUnknown``. The message is meant for logs and
    names no values.
    """


class StoreBusy(StoreUnavailable):
    """Another unit of work kept a row to itself for longer than this one may wait."""


class OutcomeUnknown(StoreUnavailable):
    """The store failed while it committed: all of the change was kept, or nothing of it."""


class StoreConflict(Exception):
    """What was to be kept contradicts what is there, such as a value that has to be unique."""


class UnusableDatabase(Exception):
    """A database that can't be used as it is; the message says why, for the operator."""


class UnsupportedUrl(ValueError):
    """The address names no database this service can use; the message says why, without it."""


class UnsupportedReadUrl(UnsupportedUrl):
    """The same of the address of replicas."""
