"""The composition root: creates the parts that the settings select."""
