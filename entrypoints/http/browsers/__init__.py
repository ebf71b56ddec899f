"""What browsers may do with responses."""
