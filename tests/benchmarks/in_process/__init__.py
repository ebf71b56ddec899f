"""What parts of the service add to a GET of one hero, measured in this process."""
