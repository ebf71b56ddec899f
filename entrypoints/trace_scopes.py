"""What the ASGI scope of a request says about its trace."""

TRACE_ID = "trace_id"
"""Key of the id of the request's trace, in hexadecimal digits, if the trace is recorded."""

IS_FROM_PROXY = "is_from_proxy"
"""Key of a request that a trusted proxy has sent: its trace context is trusted, too."""
