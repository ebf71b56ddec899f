"""Traces of requests, by FastAPI's telemetry, exported with the OpenTelemetry protocol (OTLP).

``environment`` and ``sampling`` import no package of the extra.
"""
