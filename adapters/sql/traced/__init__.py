"""Sessions for requests that are traced: what they execute are spans of the trace."""
