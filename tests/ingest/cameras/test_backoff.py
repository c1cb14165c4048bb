from ingest.cameras.backoff import Backoff


def test_waits_double_up_to_half_a_minute() -> None:
    backoff, waits = Backoff(), []
    for _ in range(7):
        backoff, wait_s = backoff.failed(0, lambda: 0.0)
        waits.append(wait_s)
    assert waits == [1, 2, 4, 8, 16, 30, 30]


def test_thirty_good_seconds_forget_the_failures() -> None:
    backoff, wait_s = Backoff(failures=5).failed(30, lambda: 0.0)
    assert (backoff, wait_s) == (Backoff(1), 1)


def test_twenty_nine_do_not() -> None:
    assert Backoff(failures=5).failed(29, lambda: 0.0)[1] == 30


def test_jitter_only_shortens() -> None:
    assert 0.8 < Backoff().failed(0, lambda: 0.99)[1] < 1
