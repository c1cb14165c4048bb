"""Pure: an evaluation as one SVG picture: found at which precision, counts, who was there when."""

from collections.abc import Sequence
from html import escape

from vision.evaluation import Evaluation, Group, Told, ZoneCount, ZonePresence

_WIDTH, _PLOT, _PAD, _STRIP = 820, 240, 68, 34
_COLOURS = ("#1764ab", "#b3541e", "#2e7d32", "#7b3fa0", "#8a6d00", "#5f6b7a")
_STATES = {True: "#2e7d32", False: "#c9ced6", None: "#e2a400"}


def as_svg(evaluation: Evaluation) -> str:
    """Return the picture; parts that the set has no truth for are left out."""
    parts: list[str] = []
    y = 34.0
    if evaluation.groups:
        parts += _curves(evaluation.groups, 0, y)
        parts += _scatter(evaluation.groups, _WIDTH / 2, y)
        y += _PLOT + 2 * _PAD
    if evaluation.sequence is not None:
        told = evaluation.sequence
        for each in told.counts:
            parts += _line(each, told, y)
            y += _PLOT / 2 + _PAD
        for strip in told.presence:
            parts += _strips(strip, y)
            y += 2 * _STRIP
    title = escape(f"{evaluation.detector} on {evaluation.dataset}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{y + 10:g}" '
        f'viewBox="0 0 {_WIDTH} {y + 10:g}" font-family="sans-serif" font-size="12" fill="#222">'
        f'<title>{title}</title><rect width="100%" height="100%" fill="#fff"/>'
        f'<text x="{_PAD}" y="20" font-size="15">{title}</text>{"".join(parts)}</svg>\n'
    )


def _curves(groups: Sequence[Group], x: float, y: float) -> list[str]:
    side = _WIDTH / 2 - 1.5 * _PAD
    parts = _frame(x, y, side, _PLOT, "recall", "precision", ("0", "1"), ("0", "1"))
    for number, group in enumerate(groups):
        colour = _COLOURS[number % len(_COLOURS)]
        points = " ".join(
            f"{x + _PAD + side * float(r):.1f},{y + _PLOT * (1 - float(p)):.1f}"
            for r, p in zip(group.recall_curve, group.precision_curve, strict=True)
        )
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
        )
        parts.append(
            f'<text x="{x + _PAD + 8:g}" y="{y + _PLOT - 10 - 16 * number:g}" fill="{colour}">'
            f"{escape(group.name)}: AP50 {group.ap50:.3f}</text>"
        )
    return parts


def _scatter(groups: Sequence[Group], x: float, y: float) -> list[str]:
    counts = groups[-1].counts
    most = max(1, *(max(pair) for pair in counts))
    side = _WIDTH / 2 - 1.5 * _PAD
    parts = _frame(x, y, side, _PLOT, "people", "told", ("0", str(most)), ("0", str(most)))
    left = x + _PAD
    parts.append(
        f'<line x1="{left:g}" y1="{y + _PLOT:g}" x2="{left + side:g}" y2="{y:g}" stroke="#999" '
        'stroke-dasharray="4 4"/>'
    )
    parts += [
        f'<circle cx="{left + side * true / most:.1f}" cy="{y + _PLOT * (1 - told / most):.1f}" '
        f'r="4" fill="{_COLOURS[0]}" fill-opacity=".45"/>'
        for told, true in counts
    ]
    return parts


def _line(each: ZoneCount, told: Told, y: float) -> list[str]:
    high = _PLOT / 2
    most = max(1, *each.true, *(people for people in each.told if people is not None))
    side = _WIDTH - 2 * _PAD
    last = f"{told.at_s[-1]:g} s"
    parts = _frame(0, y, side, high, each.name, "people", ("0", last), ("0", str(most)))
    for people, colour in ((each.true, "#999"), (each.told, _COLOURS[0])):
        points = " ".join(
            f"{_PAD + side * n / max(1, len(people) - 1):.1f},{y + high * (1 - one / most):.1f}"
            for n, one in enumerate(people)
            if one is not None
        )
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
        )
    return parts


def _strips(each: ZonePresence, y: float) -> list[str]:
    side = _WIDTH - 2 * _PAD
    parts = [f'<text x="{_PAD}" y="{y + 10:g}">{escape(each.name)}: told, true</text>']
    for row, states in enumerate((each.told, each.true)):
        wide = side / len(states)
        start = 0
        for n in range(1, len(states) + 1):
            if n == len(states) or states[n] is not states[start]:
                parts.append(
                    f'<rect x="{_PAD + wide * start:.1f}" y="{y + 16 + 14 * row:g}" height="11" '
                    f'width="{wide * (n - start):.1f}" fill="{_STATES[states[start]]}"/>'
                )
                start = n
    return parts


def _frame(
    x: float,
    y: float,
    wide: float,
    high: float,
    across: str,
    up: str,
    ends_across: tuple[str, str],
    ends_up: tuple[str, str],
) -> list[str]:
    left, foot = x + _PAD, y + high
    text = '<text x="{:g}" y="{:g}" text-anchor="{}">{}</text>'.format
    return [
        f'<rect x="{left:g}" y="{y:g}" width="{wide:g}" height="{high:g}" fill="none" '
        'stroke="#bbb"/>',
        text(left, foot + 16, "middle", ends_across[0]),
        text(left + wide, foot + 16, "middle", ends_across[1]),
        text(left + wide / 2, foot + 16, "middle", escape(across)),
        text(left - 6, foot, "end", ends_up[0]),
        text(left - 6, y + 12, "end", ends_up[1]),
        text(left - 6, y + high / 2, "end", escape(up)),
    ]
