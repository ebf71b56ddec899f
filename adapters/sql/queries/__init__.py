"""From a query to the SQL statement that an index serves."""
