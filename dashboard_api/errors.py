"""Every error becomes an RFC 9457 problem with the request's id; nothing else translates errors."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DataError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from models.kit.errors import CentreError, Conflict, InvalidInput, TooMany, Unavailable, problem
from models.kit.log import get

log = get(__name__)
MEDIA_TYPE = "application/problem+json"
_TITLES = {400: "bad-request", 404: "not-found", 405: "method-not-allowed", 413: "too-large"}


def problem_response(error: CentreError, request_id: str | None) -> JSONResponse:
    headers = {}
    if isinstance(error, TooMany | Unavailable):
        headers["Retry-After"] = str(error.retry_after_s)
    return JSONResponse(
        problem(error, request_id=request_id), error.status, headers, media_type=MEDIA_TYPE
    )


def _request_id(request: Request) -> str | None:
    return getattr(request.state, "request_id", None)


async def _centre_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, CentreError)
    if error.status >= 500:
        log.error("request.failed", path=request.url.path, error=error.detail)
    return problem_response(error, _request_id(request))


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    errors = [
        {
            "field": ".".join(str(part) for part in fault["loc"][1:]) or str(fault["loc"][0]),
            "detail": fault["msg"],
        }
        for fault in error.errors()[:50]
    ]
    detail = "; ".join(f"{fault['field']}: {fault['detail']}" for fault in errors[:3])
    body = problem(InvalidInput(detail), request_id=_request_id(request)) | {"errors": errors}
    return JSONResponse(body, 422, media_type=MEDIA_TYPE)


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    kind = _TITLES.get(error.status_code, f"http-{error.status_code}")
    body = {
        "type": f"urn:ahual:problem:{kind}",
        "title": kind.replace("-", " ").capitalize(),
        "status": error.status_code,
        "detail": str(error.detail),
        "request_id": _request_id(request),
    }
    return JSONResponse(body, error.status_code, error.headers, media_type=MEDIA_TYPE)


async def _database_away(request: Request, error: Exception) -> JSONResponse:
    log.warning("database.away", path=request.url.path, error=str(error).splitlines()[0])
    away = Unavailable("The database does not answer; try again in a few seconds")
    return problem_response(away, _request_id(request))


async def _unstorable(request: Request, error: Exception) -> JSONResponse:
    log.warning("request.unstorable", path=request.url.path, error=str(error).splitlines()[0])
    refused = InvalidInput("A value is outside what can be stored; check dates and numbers")
    return problem_response(refused, _request_id(request))


async def _collided(request: Request, error: Exception) -> JSONResponse:
    log.warning("request.collided", path=request.url.path, error=str(error).splitlines()[0])
    refused = Conflict("Somebody changed the same thing at this moment; reload and try again")
    return problem_response(refused, _request_id(request))


def unexpected(request_id: str | None) -> JSONResponse:
    """Return the problem for an error that nobody foresaw; its traceback is in the log."""
    fault = CentreError("Something went wrong here; tell the administrator the request id")
    return problem_response(fault, request_id)


def install(app: FastAPI) -> None:
    app.add_exception_handler(CentreError, _centre_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    for away in (OperationalError, InterfaceError, PoolTimeout, ConnectionError):
        app.add_exception_handler(away, _database_away)
    app.add_exception_handler(DataError, _unstorable)
    app.add_exception_handler(IntegrityError, _collided)
