"""The states of a complaint card: who may move it where, and what a move needs. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from models.kit.errors import Conflict, Forbidden, InvalidInput
from models.observations import ComplaintState, OutcomeKind, RoleName

S = ComplaintState
_DESK = frozenset({RoleName.OPERATOR, RoleName.SUPERVISOR})
_CITIZEN_SIDE = frozenset({RoleName.AGENT, RoleName.SUPERVISOR})

_Moves = Mapping[ComplaintState, frozenset[RoleName]]
MOVES: Mapping[ComplaintState, _Moves] = MappingProxyType(
    {
        S.RECEIVED: {S.REGISTERED: _DESK | _CITIZEN_SIDE},
        S.REGISTERED: {S.INVESTIGATING: _DESK, S.WITHDRAWN: _DESK | _CITIZEN_SIDE},
        S.INVESTIGATING: {
            S.SHORT_ANSWER_SENT: _DESK,
            S.ACTING: _DESK,
            S.FULL_ANSWER_SENT: _DESK,
            S.WITHDRAWN: _DESK | _CITIZEN_SIDE,
        },
        S.SHORT_ANSWER_SENT: {
            S.ACTING: _DESK,
            S.FULL_ANSWER_SENT: _DESK,
            S.WITHDRAWN: _DESK | _CITIZEN_SIDE,
        },
        S.ACTING: {
            S.SHORT_ANSWER_SENT: _DESK,
            S.FULL_ANSWER_SENT: _DESK,
            S.WITHDRAWN: _DESK | _CITIZEN_SIDE,
        },
        # Closed is not fixed: the service's own outcome has to be known first (check_move).
        S.FULL_ANSWER_SENT: {S.CLOSED: _DESK, S.ACTING: _DESK},
        S.CLOSED: {S.REOPENED: _CITIZEN_SIDE},
        S.WITHDRAWN: {S.REOPENED: _CITIZEN_SIDE},
        S.REOPENED: {
            S.INVESTIGATING: _DESK,
            S.ACTING: _DESK,
            S.WITHDRAWN: _DESK | _CITIZEN_SIDE,
        },
    }
)

# A full answer says everything that a short one would have said.
CLOCKS_MET: Mapping[ComplaintState, tuple[str, ...]] = MappingProxyType(
    {
        S.SHORT_ANSWER_SENT: ("short_answer",),
        S.FULL_ANSWER_SENT: ("short_answer", "full_answer"),
    }
)
AWAITING_FIRST_LOOK = frozenset({S.RECEIVED, S.REGISTERED})
FINISHED = frozenset({S.CLOSED, S.WITHDRAWN})
MAY_WORK_ON_CARD = _DESK | _CITIZEN_SIDE | {RoleName.AUDITOR}


@dataclass(frozen=True, slots=True)
class GivenOutcome:
    """What became of the service, as the person who closes the card states it."""

    kind: OutcomeKind
    note: str


def allowed_moves(
    state: ComplaintState, role: RoleName, *, has_outcome: bool
) -> tuple[ComplaintState, ...]:
    """Return where this role may move a card, in the order of the work.

    ``has_outcome``: the card has an outcome, or the move will bring it; without one no close.
    """
    return tuple(
        to
        for to in ComplaintState
        if role in MOVES[state].get(to, frozenset()) and (to is not S.CLOSED or has_outcome)
    )


def check_move(
    state: ComplaintState, to: ComplaintState, role: RoleName, *, note: str, has_outcome: bool
) -> None:
    """Refuse a move that the workflow does not know.

    Raises:
        InvalidInput: no outcome at closing, or no note where the reason must be on record.
        Conflict: the card cannot go there from where it is.
        Forbidden: it can, but not by this role.
    """
    if to is S.CLOSED and not has_outcome:
        msg = (
            "A card closes only with an outcome of the service: send outcome.kind "
            f"({', '.join(OutcomeKind)}) and outcome.note."
        )
        raise InvalidInput(msg, field="outcome")
    roles = MOVES[state].get(to)
    if roles is None:
        possible = ", ".join(MOVES[state]) or "nowhere"
        msg = f"A card in state {state} cannot move to {to}; it can move to: {possible}."
        raise Conflict(msg)
    if role not in roles:
        msg = f"A move to {to} is for {' or '.join(sorted(roles))}, not for {role}."
        raise Forbidden(msg)
    if to in {S.WITHDRAWN, S.REOPENED} and not note.strip():
        msg = f"Say in the note why the card becomes {to}."
        raise InvalidInput(msg, field="note")
