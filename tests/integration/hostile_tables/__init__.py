"""Random tables that others might have made, and what the service does with them."""
