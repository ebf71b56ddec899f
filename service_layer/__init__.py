"""What can be done with heroes: use cases, and the unit of work they run in. Domain only."""
