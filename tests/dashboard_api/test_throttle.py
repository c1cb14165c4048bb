"""Guessing passwords gets slow."""

from dashboard_api.throttle import Throttle


def test_throttle_opens_again_as_failures_age() -> None:
    throttle = Throttle(limit=2, window_s=60)
    throttle.fail("k", 0)
    throttle.fail("k", 10)
    assert throttle.wait_s("k", 20) == 40
    assert throttle.wait_s("other", 20) == 0
    assert throttle.wait_s("k", 60) == 0
    throttle.fail("k", 61)
    assert throttle.wait_s("k", 61) == 9
    throttle.succeed("k")
    assert throttle.wait_s("k", 61) == 0
