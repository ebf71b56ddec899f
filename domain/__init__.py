"""Domain model of heroes: entities, rules and ports. Imports the standard library only."""
