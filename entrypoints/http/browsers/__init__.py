"""What concerns browsers: restricting headers, pages of other origins, the documentation page."""
