"""The router of an aggregate."""

from fastapi import APIRouter, Depends

from entrypoints.http.authentication.dependencies import authorize
from entrypoints.http.compiled import CompiledRoute
from entrypoints.http.openapi import operation_id


class ResourceRouter(APIRouter):
    """The routes under ``/name``. Each needs the scope of its method, whatever the aggregate.

    ``tag`` is the router's in the OpenAPI document.
    """

    def __init__(self, name: str, description: str) -> None:
        super().__init__(
            prefix=f"/{name}",
            tags=[name],
            dependencies=[Depends(authorize)],
            route_class=CompiledRoute,
            generate_unique_id_function=operation_id,
        )
        self.tag = {"name": name, "description": description}
