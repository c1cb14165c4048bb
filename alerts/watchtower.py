"""Runs every rule over the facts that changed, and remembers where each stands. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from alerts.engine import Cleared, Raised, Watch, dismiss, resume_firing, step
from alerts.facts import Facts, Place
from alerts.rules.base import Rule, Sign, Verdict
from alerts.rules.table import RULES

Key = tuple[str, str]  # rule name, subject
_GONE = Verdict(Sign.CLEAR)  # a subject that was removed has no condition any more


@dataclass(frozen=True, slots=True)
class ToRaise:
    """An alert to write."""

    rule: Rule[Any]
    place: Place
    raised: Raised


@dataclass(frozen=True, slots=True)
class ToClear:
    """An alert whose condition ended."""

    rule_name: str
    subject: str
    cleared: Cleared


class Watchtower:
    """One watch a (rule, subject). Its answers are decisions; writing them is the caller's."""

    def __init__(self, rules: Mapping[type, tuple[Rule[Any], ...]] = RULES) -> None:
        self._rules = rules
        self._watches: dict[Key, Watch] = {}

    def resume(self, rule_name: str, subject: str, began_at: datetime) -> None:
        """Go on from an alert that is open in the database."""
        self._watches[rule_name, subject] = resume_firing(began_at)

    def remember_end(self, rule_name: str, subject: str, ended_at: datetime) -> None:
        """Go on from an alert that ended not long ago."""
        self._watches.setdefault((rule_name, subject), Watch(ended_at=ended_at))

    def dismiss(self, rule_name: str, subject: str, now: datetime) -> None:
        """A person resolved the alert."""
        watch = self._watches.get((rule_name, subject))
        if watch is not None:
            self._watches[rule_name, subject] = dismiss(watch, now)

    def look(self, facts: Iterable[Facts], now: datetime) -> list[ToRaise | ToClear]:
        """Judge these facts and return what has to be written, in order."""
        return list(self._judged(facts, now, set()))

    def look_at_all(self, facts: Iterable[Facts], now: datetime) -> list[ToRaise | ToClear]:
        """As ``look``, with every subject there is: what is not among them is cleared."""
        present: set[Key] = set()
        decisions = list(self._judged(facts, now, present))
        for key in self._watches.keys() - present:
            _, change = step(self._watches.pop(key), _GONE, now, timedelta(0))
            if isinstance(change, Cleared):
                decisions.append(ToClear(*key, change))
        return decisions

    def _judged(
        self, facts: Iterable[Facts], now: datetime, present: set[Key]
    ) -> Iterator[ToRaise | ToClear]:
        for fact in facts:
            for rule in self._rules[type(fact)]:
                key = (rule.name, fact.place.subject)
                present.add(key)
                before = self._watches.get(key, Watch())
                verdict = rule.judge(fact, now)
                self._watches[key], change = step(before, verdict, now, rule.reraise_after)
                if isinstance(change, Raised):
                    yield ToRaise(rule, fact.place, change)
                elif isinstance(change, Cleared):
                    yield ToClear(*key, change)
