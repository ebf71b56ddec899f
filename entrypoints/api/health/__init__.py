"""What probes and monitoring systems request: whether the process lives, and is ready."""
