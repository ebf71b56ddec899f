"""Lists: filters, order, pages, cursors, links and counts."""
