"""The API of heroes: routes, and the JSON they read and write."""
