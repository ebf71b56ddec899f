"""The telemetry ports: how components report measurements, without a metrics library."""
