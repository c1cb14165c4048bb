"""Pure: an evaluation as a table, as JSON and as a model card."""

from collections.abc import Mapping, Sequence
from typing import Any

from vision.evaluation import Evaluation, Group, Told
from vision.scores import TELLS_S
from vision.weights import Pinned

Json = dict[str, Any]


def as_json(evaluation: Evaluation) -> Json:
    """Return the figures, rounded to what they are good for."""
    return {
        "detector": evaluation.detector,
        "dataset": evaluation.dataset,
        "score": evaluation.score,
        "cpu_ms": _rounded(evaluation.cpu_ms, 1),
        "groups": [_group(group) for group in evaluation.groups],
        "sequence": None if evaluation.sequence is None else _told(evaluation.sequence),
    }


def _group(group: Group) -> Json:
    count = group.count
    return {
        "name": group.name,
        "stills": group.stills,
        "people": group.people,
        "ap50": _rounded(group.ap50, 3),
        "precision": _rounded(group.precision, 3),
        "recall": _rounded(group.recall, 3),
        "count_mae": _rounded(count.mae if count else None, 2),
        "count_bias": _rounded(count.bias if count else None, 2),
    }


def _told(told: Told) -> Json:
    return {
        "looks": told.looks,
        "counts": [
            {
                "zone": each.name,
                "mae": _rounded(each.error.mae, 2),
                "bias": _rounded(each.error.bias, 2),
            }
            for each in told.counts
        ],
        "presence": [
            {
                "zone": each.name,
                "precision": _rounded(each.score.precision, 3),
                "recall": _rounded(each.score.recall, 3),
                "unknown": _rounded(each.score.unknown, 3),
            }
            for each in told.presence
        ],
        "blind": [
            {"what": span.what, "at_s": span.at_s, "found_s": _rounded(span.found_s, 1)}
            for span in told.blind
        ],
        "blind_falsely": told.blind_falsely,
        "absences": [
            {
                "zone": each.zone,
                "at_s": each.at_s,
                "length_s": each.length_s,
                "found_s": _rounded(each.found_s, 1),
            }
            for each in told.absences
        ],
        "absent_falsely": told.absent_falsely,
        "idf1": _rounded(told.idf1, 3),
        "wait_told_s": _rounded(told.wait.told_s if told.wait else None, 1),
        "wait_true_s": _rounded(told.wait.true_s if told.wait else None, 1),
        "wait_error": _rounded(told.wait.share if told.wait else None, 3),
        "bands": told.band.told if told.band else 0,
        "band_held": _rounded(told.band.held if told.band else None, 3),
        "band_half": _rounded(told.band.half if told.band else None, 3),
    }


def as_table(evaluation: Evaluation) -> str:
    """Return the figures for a person at a terminal; a dash where the set knows no truth."""
    figures = as_json(evaluation)
    lines = [
        f"{figures['detector']} on {figures['dataset']}, threshold {figures['score']:g}, "
        f"{figures['cpu_ms']:g} ms CPU a picture"
    ]
    if figures["groups"]:
        columns = ["stills", "people", "ap50", "precision", "recall", "count_mae", "count_bias"]
        lines += _rows("group", columns, figures["groups"], "name")
    told = figures["sequence"]
    if told is not None:
        lines.append(f"over {told['looks']} looks:")
        if told["counts"]:
            lines += _rows("count of", ["mae", "bias"], told["counts"], "zone")
        if told["presence"]:
            lines += _rows(
                "presence in", ["precision", "recall", "unknown"], told["presence"], "zone"
            )
        lines += [
            f"{span['what']} at {span['at_s']:g} s: told after {_shown(span['found_s'])} s"
            for span in told["blind"]
        ]
        lines.append(f"told blind while it saw: {told['blind_falsely']} looks")
        if told["absences"]:
            late = [each for each in told["absences"] if not _in_time(each)]
            lines.append(
                f"absences: {len(told['absences'])}, of which {len(late)} not told in "
                f"{TELLS_S:g} s; told though somebody was there: {told['absent_falsely']}"
            )
            lines += [
                f"  {each['zone']} empty at {each['at_s']:g} s for {each['length_s']:g} s: "
                f"told after {_shown(each['found_s'])} s"
                for each in late
            ]
        lines.append(f"IDF1 {_shown(told['idf1'])}")
        lines.append(
            f"mean wait told {_shown(told['wait_told_s'])} s, "
            f"true {_shown(told['wait_true_s'])} s, error {_shown(told['wait_error'])}"
        )
        if told["bands"]:
            lines.append(
                f"{told['bands']} bands of waits (half as wide as {_shown(told['band_half'])} of "
                f"the wait): {_shown(told['band_held'])} of them hold the truth"
            )
    return "\n".join(lines)


def _in_time(absence: Mapping[str, Any]) -> bool:
    return absence["found_s"] is not None and absence["found_s"] <= TELLS_S


def _rows(
    title: str, columns: Sequence[str], rows: Sequence[Mapping[str, Any]], key: str
) -> list[str]:
    wide = max(len(title), *(len(str(row[key])) for row in rows))
    lines = [f"{title:<{wide}}  " + "  ".join(f"{name:>10}" for name in columns)]
    lines += [
        f"{row[key]:<{wide}}  " + "  ".join(f"{_shown(row[name]):>10}" for name in columns)
        for row in rows
    ]
    return lines


def card(pinned: Pinned, evaluation: Evaluation, at: str, trained: Json | None) -> Json:
    """Return the model card of weights; ``trained`` says on what, where it was here."""
    entry = pinned.weights
    size = entry.preprocessing
    return {
        "name": pinned.name,
        "file": entry.file,
        "sha256": entry.sha256,
        "licence": entry.licence,
        "origin": entry.origin,
        "decoder": entry.decoder,
        "classes": list(entry.classes),
        "input": f"{size.height}x{size.width} {size.channels}",
        "evaluated_at": at,
        "evaluation": as_json(evaluation),
        "trained": trained,
    }


def card_markdown(card: Json) -> str:
    """Return a card for people; the JSON beside it holds the same."""
    measured = card["evaluation"]
    lines = [
        f"# {card['name']}",
        "",
        f"Finds people; nothing else is kept of a picture. Input {card['input']}, "
        f"decoder {card['decoder']}.",
        "",
        "| | |",
        "|---|---|",
        f"| file | `{card['file']}` |",
        f"| sha256 | `{card['sha256']}` |",
        f"| licence | {card['licence']} |",
        f"| origin | {card['origin']} |",
        f"| measured | {card['evaluated_at']}, {measured['detector']}, "
        f"threshold {measured['score']:g} |",
        f"| speed | {measured['cpu_ms']:g} ms of CPU a picture |",
        "",
        f"## On «{measured['dataset']}»",
        "",
        "| group | stills | people | AP50 | precision | recall | count MAE | bias |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    fields = ("stills", "people", "ap50", "precision", "recall", "count_mae", "count_bias")
    lines += [
        f"| {row['name']} | " + " | ".join(_shown(row[name]) for name in fields) + " |"
        for row in measured["groups"]
    ]
    trained = card["trained"]
    if trained is not None:
        lines += ["", "## Trained here", ""]
        lines += [
            f"From {trained['base']}, {trained['stills']} stills, {trained['epochs']} epochs."
        ]
    lines += [
        "",
        "## Limits",
        "",
        "People hidden by others are missed, so counts err downwards in dense queues. What it does "
        "at night, with fisheye lenses or in strong backlight holds only where the set above "
        "shows it.",
        "",
    ]
    return "\n".join(lines)


def _shown(value: float | int | None) -> str:
    return "–" if value is None else f"{value:g}"


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
