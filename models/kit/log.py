"""Structured logs on stderr; credentials in stream URLs never reach them."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

HIDDEN = "***"
USER_NAMES = "user(?:name)?|usr|login"  # of a parameter in an address; regular expressions
SECRET_NAMES = (
    "pass(?:word|wd)?|pwd|psw|(?:access_?)?token|ticket|secret|auth(?:key)?|(?:api_?)?key"
)
# Up to the last @: a password may hold @ and /, and hiding too much is the better mistake.
_USER_INFO = re.compile(r"(?P<scheme>\w+://)[^\s\"<>]*@")
_IN_QUERY = re.compile(  # how many cheap cameras want them; an empty place for one may be seen
    rf"(?P<name>(?:{USER_NAMES}|{SECRET_NAMES})=)(?!\{{(?:user|password|token)\}})[^&\s\"<>]+",
    re.IGNORECASE,
)

# Some libraries set logging up for the whole process while they are imported; not with this there.
logging.getLogger().addHandler(logging.NullHandler())


def redact(text: str) -> str:
    """Replace user, password and tokens in any URL of the text by ***."""
    bare = _USER_INFO.sub(rf"\g<scheme>{HIDDEN}@", text)
    return _IN_QUERY.sub(rf"\g<name>{HIDDEN}", bare)


def _redact_values(
    _logger: object, _method: str, event_dict: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    for key, value in event_dict.items():
        if isinstance(value, str) and "://" in value:
            event_dict[key] = redact(value)
    return event_dict


def configure(*, level: str, log_format: str, process: str) -> None:
    """Set up logging for one process; call once, in its __main__."""
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=False, pad_event_to=28)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _redact_values,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(process=process)
    # Force: there may be handlers already, at least the one above.
    logging.basicConfig(
        level=logging.WARNING, format="%(name)s: %(message)s", stream=sys.stderr, force=True
    )


def get(name: str) -> structlog.typing.FilteringBoundLogger:
    """Return a logger; events are named ``noun.verb``, e.g. ``camera.stalled``."""
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger(name)
    return logger
