"""What the service reports to its operators."""
