import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.complaints.workflow import FINISHED, MOVES, allowed_moves, check_move
from models.kit.errors import CentreError, Conflict, Forbidden, InvalidInput
from models.observations import ComplaintState, RoleName

S = ComplaintState
R = RoleName


@pytest.mark.parametrize(
    ("state", "role", "expected"),
    [
        (S.REGISTERED, R.OPERATOR, {S.INVESTIGATING, S.WITHDRAWN}),
        (S.REGISTERED, R.AGENT, {S.WITHDRAWN}),
        (
            S.INVESTIGATING,
            R.OPERATOR,
            {S.SHORT_ANSWER_SENT, S.ACTING, S.FULL_ANSWER_SENT, S.WITHDRAWN},
        ),
        (S.FULL_ANSWER_SENT, R.SUPERVISOR, {S.CLOSED, S.ACTING}),
        (S.CLOSED, R.OPERATOR, set()),
        (S.CLOSED, R.AGENT, {S.REOPENED}),
        (S.WITHDRAWN, R.SUPERVISOR, {S.REOPENED}),
        (S.ACTING, R.AUDITOR, set()),
        (S.ACTING, R.DISPATCHER, set()),
        (S.ACTING, R.ADMIN, set()),
    ],
)
def test_who_may_move_a_card_where(
    state: ComplaintState, role: RoleName, expected: set[ComplaintState]
) -> None:
    assert set(allowed_moves(state, role, has_outcome=True)) == expected


def test_a_card_without_an_outcome_does_not_close() -> None:
    assert S.CLOSED not in allowed_moves(S.FULL_ANSWER_SENT, R.SUPERVISOR, has_outcome=False)
    for state in S:
        with pytest.raises(InvalidInput) as refused:
            check_move(state, S.CLOSED, R.SUPERVISOR, note="done", has_outcome=False)
        assert refused.value.field == "outcome"


def test_refusals_name_what_is_possible() -> None:
    with pytest.raises(Conflict, match="investigating, withdrawn"):
        check_move(S.REGISTERED, S.FULL_ANSWER_SENT, R.OPERATOR, note="", has_outcome=False)
    with pytest.raises(Forbidden, match="supervisor"):
        check_move(S.REGISTERED, S.INVESTIGATING, R.AUDITOR, note="", has_outcome=False)


@pytest.mark.parametrize(("state", "to"), [(S.ACTING, S.WITHDRAWN), (S.CLOSED, S.REOPENED)])
def test_withdrawing_and_reopening_need_a_reason(state: ComplaintState, to: ComplaintState) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_move(state, to, R.SUPERVISOR, note="  ", has_outcome=True)
    assert refused.value.field == "note"


@given(
    st.sampled_from(S), st.sampled_from(S), st.sampled_from(R), st.text(max_size=3), st.booleans()
)
def test_the_list_and_the_check_agree(
    state: ComplaintState, to: ComplaintState, role: RoleName, note: str, has_outcome: bool
) -> None:
    listed = to in allowed_moves(state, role, has_outcome=has_outcome)
    note = note.strip() and "because"
    needs_a_note = to in {S.WITHDRAWN, S.REOPENED} and not note
    if listed and not needs_a_note:
        check_move(state, to, role, note=note, has_outcome=has_outcome)
    else:
        with pytest.raises(CentreError):
            check_move(state, to, role, note=note, has_outcome=has_outcome)


def test_every_card_can_reach_its_end() -> None:
    reaches = set(FINISHED)
    for _ in S:
        reaches |= {state for state in S if MOVES[state].keys() & reaches}
    assert reaches == set(S)
