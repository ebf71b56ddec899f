"""Response headers that restrict browsers."""
