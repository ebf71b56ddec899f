"""What any store may answer instead of doing its work."""


class StoreUnavailable(Exception):
    """The store can't do this now: away, busy, full or read-only. Nothing was changed.

    The message is meant for logs and names no values. Asking again later may succeed.
    """


class OutcomeUnknown(StoreUnavailable):
    """The store failed while it committed: the change may have been kept, or not."""
