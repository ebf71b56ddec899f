"""The scopes of the service. All aggregates have the same two."""

from service_layer.authorization import ScopeNames

SCOPES = ScopeNames(read="heroes:read", write="heroes:write")
