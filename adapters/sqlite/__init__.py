"""The SQLite engine: one writer with group commit, reads on the event loop, scans in threads."""
