"""Tables, statements, repositories and units of work in SQL, for every engine."""
