"""The addresses of villages' pages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.plans.villages import LONGEST, VILLAGE, village_address


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("Esik", "esik"),
        ("Шолаққорған", "sholaqqorgan"),
        ("Новая Шульба", "novaya-shulba"),
        ("Үлкен Нарын ауылы", "ulken-naryn-auyly"),
        ("Щучинск", "shchuchinsk"),
        ("Île-de-l'Été", "ile-de-l-ete"),
        ("№ 17", "no-17"),
        ("村", "village"),
    ],
    ids=str,
)
def test_a_name_becomes_an_address(name: str, address: str) -> None:
    assert village_address(name) == address


@given(st.text(max_size=200))
def test_any_name_becomes_an_address(name: str) -> None:
    address = village_address(name)
    assert VILLAGE.fullmatch(address)
    assert len(address) <= LONGEST
