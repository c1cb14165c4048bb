"""A site's own pins: written whole, read back, never the release's names, never other bytes."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.kit.errors import Conflict, SettingsError
from vision import weights
from vision.report import card_markdown
from vision.site_weights import SiteWeights, as_toml
from vision.weights import Weights, WeightsRefused, parse

DEFAULT = weights.describe("nanodet_g_person")


def pin(file: str, content: bytes, **changed: object) -> Weights:
    digest = hashlib.sha256(content).hexdigest()
    alone = {"ranges_file": None, "ranges_sha256": None}
    return DEFAULT.model_copy(update={"file": file, "sha256": digest, **alone, **changed})


def keep(site: SiteWeights, name: str, content: bytes = b"one") -> None:
    site.keep(name, pin(f"{name}.onnx", content), {f"{name}.onnx": content})


def test_what_is_kept_is_found_again_by_another_process(tmp_path: Path) -> None:
    keep(SiteWeights(tmp_path), "ours")
    keep(SiteWeights(tmp_path), "theirs", b"two")
    found = SiteWeights(tmp_path).find("ours")
    assert found.content().main == b"one"
    assert set(SiteWeights(tmp_path).all()) == {"nanodet_g_person", "ours", "theirs"}
    assert not list(SiteWeights(tmp_path).folder.glob(".*"))  # no drafts are left


def test_an_empty_site_uses_the_release(tmp_path: Path) -> None:
    site = SiteWeights(tmp_path)
    assert site.promoted() == "nanodet_g_person"
    assert site.find("nanodet_g_person").content().main
    assert site.own() == {}


def test_names_and_files_that_are_taken_stay(tmp_path: Path) -> None:
    site = SiteWeights(tmp_path)
    keep(site, "ours")
    with pytest.raises(Conflict, match="other bytes"):
        keep(site, "ours", b"two")
    with pytest.raises(Conflict, match="of the release"):
        keep(site, "nanodet_g_person", b"two")
    with pytest.raises(Conflict, match="a file of that name"):
        site.keep("others", pin("ours.onnx", b"two"), {"ours.onnx": b"two"})
    assert site.find("ours").content().main == b"one"


def test_what_is_in_use_is_not_dropped(tmp_path: Path) -> None:
    site = SiteWeights(tmp_path)
    keep(site, "ours")
    site.promote("ours")
    assert site.promoted() == "ours"
    with pytest.raises(Conflict, match="promote other"):
        site.drop("ours")
    site.promote("nanodet_g_person")
    site.drop("ours")
    assert not (site.folder / "ours.onnx").exists()
    with pytest.raises(WeightsRefused):
        site.drop("nanodet_g_person")
    with pytest.raises(WeightsRefused):
        site.promote("ours")


def test_changed_bytes_are_refused(tmp_path: Path) -> None:
    site = SiteWeights(tmp_path)
    keep(site, "ours")
    (site.folder / "ours.onnx").write_bytes(b"other")
    with pytest.raises(WeightsRefused, match="sha256"):
        site.find("ours").content()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[", "cannot be read"),
        ("[a]\nfile = 1", "cannot be read"),
        (as_toml("nanodet_g_person", DEFAULT), "a name of the release"),
        (as_toml("a", DEFAULT).replace('"person"', '"car"'), "classes must name"),
        (as_toml("a", DEFAULT).replace("fp16w.onnx", "fp16w.exe"), "file must end in"),
        (as_toml("a", DEFAULT).replace('"nanodet_g', '"../nanodet_g'), "cannot be read"),
        (as_toml("a", DEFAULT).replace("fp16w.onnx", "fp16w.xml"), "needs tensors_file"),
        (as_toml("a", DEFAULT).replace("[57.375", "[0"), "deviation must be above 0"),
    ],
    ids=["no toml", "fields", "shadowed", "no person", "form", "outside", "no .bin", "by zero"],
)
def test_a_broken_list_is_named(tmp_path: Path, text: str, told: str) -> None:
    folder = SiteWeights(tmp_path).folder
    folder.mkdir()
    (folder / "weights.toml").write_text(text)
    with pytest.raises(SettingsError, match=told):
        SiteWeights(tmp_path).all()


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=30)


@given(licence=TEXTS, origin=TEXTS, score=st.floats(0.01, 0.99))
def test_any_pin_is_written_so_that_it_is_read_back(
    licence: str, origin: str, score: float
) -> None:
    thresholds = DEFAULT.thresholds.model_copy(update={"score": score})
    given_pin = DEFAULT.model_copy(
        update={"licence": licence, "origin": origin, "thresholds": thresholds}
    )
    assert parse(as_toml("a-1", given_pin), "list") == {"a-1": given_pin}


def test_the_releases_own_card_is_about_the_pinned_bytes(tmp_path: Path) -> None:
    card = SiteWeights(tmp_path).card("nanodet_g_person")
    assert card is not None
    assert card["sha256"] == DEFAULT.sha256
    assert card["evaluation"]["score"] == DEFAULT.thresholds.score
    markdown = (weights.FOLDER / "nanodet_g_person.card.md").read_text(encoding="utf-8")
    assert markdown == card_markdown(card)


def test_cards_and_notes_of_training_lie_beside(tmp_path: Path) -> None:
    site = SiteWeights(tmp_path)
    assert (site.card("ours"), site.trained("ours")) == (None, None)
    site.keep_card("ours", {"name": "ours"}, "# ours\n")
    site.keep_trained("ours", {"digests": ["a"]})
    assert site.card("ours") == {"name": "ours"}
    assert site.trained("ours") == {"digests": ["a"]}
    (site.folder / "ours.trained.json").write_text("{")
    with pytest.raises(SettingsError, match="train again"):
        site.trained("ours")
