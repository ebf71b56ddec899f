"""Traces of requests, by FastAPI's telemetry, exported with the OpenTelemetry protocol (OTLP).

What imports a package of the extra is imported only if requests are traced.
"""
