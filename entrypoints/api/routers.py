"""The routers of the aggregates, in the order of their documentation: one line for each."""
# ruff: noqa: F401 - build_app finds them by their type

from entrypoints.api.heroes.routes import router as heroes
