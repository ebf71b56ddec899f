"""Health checks: whether the process is live and ready, and its version."""
