"""The life of a process: what it serves, how it stops, and its workers."""
