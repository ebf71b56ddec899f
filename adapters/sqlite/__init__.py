"""The SQLite engine: one file, one writer, reads on the event loop and scans beside it."""
