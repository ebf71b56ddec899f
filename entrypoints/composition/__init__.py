"""What the settings describe, made of the adapters."""
