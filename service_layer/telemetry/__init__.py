"""The telemetry ports: what components report, without knowing to whom."""
