"""The scopes that requests need, for all aggregates."""

from service_layer.authorization import ScopeNames

SCOPES = ScopeNames(read="heroes:read", write="heroes:write")
