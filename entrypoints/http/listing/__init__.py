"""Lists: filters, sort order, pages, cursors, links, counts and included members."""
