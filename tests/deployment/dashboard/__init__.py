"""A picture of the dashboard: of a real run, drawn from the queries that the dashboard has."""
