"""Serves the built web application; every address that is not a file is the application's own."""

from pathlib import Path

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, HTMLResponse, Response

from dashboard_api.content_policy import content_policy
from dashboard_api.dependencies import Centre

router = APIRouter(include_in_schema=False)
_NOT_PAGES = ("api/", "open311/", "media/")
_PANEL, _PANEL_PAGE = "van", "van.html"  # a crew's phone; its worker keeps it for no network
_PANEL_MAY = "camera=(), geolocation=(self), microphone=()"
_ALWAYS_ASKED = frozenset({_PANEL_PAGE, "van-sw.js", "van.webmanifest"})
_UNBUILT = """<!doctype html><meta charset="utf-8"><title>Ahual</title>
<h1>The web application is not built</h1>
<p>Run <code>./ahual demo</code> or <code>./ahual up</code>, which build it, or
<code>npm ci &amp;&amp; npm run build</code> in the folder <code>web</code>; then reload.</p>
"""


@router.get("/{path:path}")
async def page_or_file(path: str, request: Request, centre: Centre) -> Response:
    if path.startswith(_NOT_PAGES):
        raise HTTPException(404, "There is nothing at this address")
    root = centre.settings.web_dist.resolve()
    index = root / "index.html"
    if not index.is_file():
        return HTMLResponse(_UNBUILT, 503, {"Retry-After": "30"})
    file = _inside(root, path)
    if file is None and Path(path).suffix and path.startswith("assets/"):
        raise HTTPException(404, "This file is of another release; reload the page")
    headers = {"Content-Security-Policy": await content_policy(request, centre)}
    if path == _PANEL and (root / _PANEL_PAGE).is_file():
        headers["Permissions-Policy"] = _PANEL_MAY
        file = root / _PANEL_PAGE
    if file is None or file == index or file.name in _ALWAYS_ASKED:
        headers["Cache-Control"] = "no-cache"
        return FileResponse(file or index, headers=headers)
    hashed = path.startswith("assets/")
    headers["Cache-Control"] = (
        "public, max-age=31536000, immutable" if hashed else "public, max-age=3600"
    )
    return FileResponse(file, headers=headers)


def _inside(root: Path, path: str) -> Path | None:
    """Return the file of that path within the root; None where there is none."""
    if not path or "\x00" in path:
        return None
    try:
        file = (root / path).resolve()
        found = file.is_relative_to(root) and file.is_file()
    except OSError:
        return None  # a name that no file system can hold
    return file if found else None
