"""Which worker of a media node owns a camera, and where that worker is reached. Pure.

A node of W workers is W processes: worker n owns the node's cameras whose id is n modulo W, so that
one process that dies takes only its own cameras with it.
"""

from collections.abc import Callable
from uuid import UUID

from models.kit.errors import SettingsError
from models.kit.settings import Settings

_PLACE = "{worker}"


def worker_of(camera_id: UUID, workers: int) -> int:
    """Return the number of the worker, 0 to ``workers`` - 1."""
    return camera_id.int % workers


def owned_by(settings: Settings) -> Callable[[UUID], bool]:
    """Return the question whether a camera of this node is this worker's."""
    workers, mine = settings.media_workers, settings.media_worker
    return lambda camera_id: worker_of(camera_id, workers) == mine


def worker_name(node: str, worker: int) -> str:
    """Return the name of a worker among all nodes, e.g. node-1/0."""
    return f"{node}/{worker}"


def worker_url(public_url: str, worker: int, workers: int) -> str:
    """Return the address of one worker where a node has a public one.

    ``public_url`` holds {worker}, which becomes the number, or a port, which worker n raises by n.

    Raises:
        SettingsError: there are several workers and the address cannot tell them apart.
    """
    if _PLACE in public_url:
        return public_url.replace(_PLACE, str(worker))
    if workers == 1:
        return public_url
    front, colon, rest = public_url.rstrip("/").rpartition(":")
    port, slash, path = rest.partition("/")
    if not colon or not port.isdigit():
        msg = (
            f"AHUAL_MEDIA_PUBLIC_URL is {public_url}, but the node has {workers} workers. "
            "Put {worker} into it (https://media-{worker}.example.kz) or a port that is counted up."
        )
        raise SettingsError(msg)
    return f"{front}:{int(port) + worker}{slash}{path}"
