"""Slows down guessing of passwords. Pure: the caller passes the monotonic time."""

from collections import OrderedDict, deque

_KEYS_KEPT = 10_000


class Throttle:
    """Counts failures of a key; after ``limit`` within ``window_s`` the key must wait.

    Args:
        limit: failures that are still answered.
        window_s: seconds for which a failure counts.
    """

    def __init__(self, *, limit: int = 5, window_s: float = 60) -> None:
        self._limit = limit
        self._window_s = window_s
        self._failures: OrderedDict[str, deque[float]] = OrderedDict()

    def wait_s(self, key: str, now_s: float) -> float:
        """Return the seconds until the key may try again, 0 when it may now."""
        failures = self._recent(key, now_s)
        if len(failures) < self._limit:
            return 0.0
        return failures[-self._limit] + self._window_s - now_s

    def fail(self, key: str, now_s: float) -> None:
        failures = self._recent(key, now_s)
        failures.append(now_s)
        self._failures[key] = failures
        self._failures.move_to_end(key)
        while len(self._failures) > _KEYS_KEPT:
            self._failures.popitem(last=False)

    def succeed(self, key: str) -> None:
        self._failures.pop(key, None)

    def _recent(self, key: str, now_s: float) -> deque[float]:
        failures = self._failures.get(key, deque(maxlen=self._limit))
        while failures and now_s - failures[0] >= self._window_s:
            failures.popleft()
        return failures
