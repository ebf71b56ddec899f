"""What cannot be compiled."""


class LeftToFastAPI(Exception):
    """A route uses what is not compiled. The message says what."""
