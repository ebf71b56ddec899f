"""What can be found out about a file without changing it."""
