"""What can be found out about a database without changing its tables."""
