"""The file that is served: which one it is, and what happens when it is replaced."""
