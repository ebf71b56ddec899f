"""What a hero is: entities, their rules and the ports they ask for. Standard library only."""
