"""Release 0.1: its schema code and its statements, to run them on the present schema."""
