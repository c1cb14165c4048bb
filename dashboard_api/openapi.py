"""The OpenAPI 3.1 document: FastAPI's, with problems and the permission of every operation."""

from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts

from dashboard_api.dependencies import Requires
from dashboard_api.errors import MEDIA_TYPE
from dashboard_api.schemas.common import Problem
from dashboard_api.version import VERSION

PROBLEM_RESPONSE: dict[int | str, dict[str, Any]] = {
    "default": {
        "description": "A problem (RFC 9457); type is stable, detail says what to do.",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
}


def document(app: FastAPI) -> dict[str, Any]:
    """Return the document of an application; x-permissions lists what opens an operation."""
    made: dict[str, Any] = get_openapi(
        title="Ahual",
        version=VERSION,
        description="Situational centre: cameras, vans, alerts and 1414 complaints.",
        routes=app.routes,
    )
    reference = "#/components/schemas/{model}"
    schemas = made["components"]["schemas"]
    problem = Problem.model_json_schema(ref_template=reference)
    schemas.update(problem.pop("$defs", {}))
    schemas["Problem"] = problem
    made["components"]["securitySchemes"] = {
        "session": {"type": "apiKey", "in": "cookie", "name": "__Host-ahual"}
    }
    for route in _api_routes(app):
        required = _required(route.dependant)
        if required is None:
            continue
        for method in route.methods or ():
            operation = made["paths"][route.path_format][method.lower()]
            operation["security"] = [{"session": []}]
            operation["x-permissions"] = [str(p) for p in required.any_of]
    return made


def _api_routes(app: FastAPI) -> list[RouteContext]:
    return [
        route
        for route in iter_route_contexts(app.routes)
        if isinstance(route.original_route, APIRoute) and route.include_in_schema
    ]


def _required(dependant: Dependant) -> Requires | None:
    """Return what opens a route; None where nobody need sign in."""
    for inner in dependant.dependencies:
        if isinstance(inner.call, Requires):
            return inner.call
        deeper = _required(inner)
        if deeper is not None:
            return deeper
    return None
