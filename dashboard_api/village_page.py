"""The public page of a village as one small HTML document: no script, nothing loaded. Pure."""

import base64
import hashlib
from collections.abc import Mapping
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from geo.plans.announced import Announcement, VillageVisit
from models.observations import TripState

ZONE = ZoneInfo("Asia/Almaty")
LANGUAGES = {"kk": "Қазақша", "ru": "Русский", "en": "English"}
RENEW_S = 60
_CURRENT = ' aria-current="true"'

_STYLE = """
:root{color-scheme:dark light}
body{margin:0 auto;max-width:34rem;padding:16px;font:18px/1.45 system-ui,"Noto Sans",sans-serif;
background:#101418;color:#e8eef4}
h1{font-size:1.35rem;margin:.2em 0}h2{font-size:1.1rem}p{margin:.5em 0}
nav{display:flex;gap:.3rem;flex-wrap:wrap}
nav a{padding:.55rem .8rem;color:#6cc4ff}nav a[aria-current]{color:#e8eef4;font-weight:700}
.now{padding:14px;border:2px solid #36414c;border-radius:8px}
.here{border-color:#6fdc8c}.on_its_way{border-color:#6cc4ff}
.time{font-size:1.7rem;font-weight:700}
ul{padding:0;list-style:none}li{padding:.5rem 0;border-bottom:1px solid #36414c}
small,.dim{color:#a9b6c2}s{color:#a9b6c2}
"""
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)

_WORDS: Mapping[str, Mapping[str, str]] = {
    "kk": {
        "title": "Жылжымалы ХҚКО",
        "here": "Автокөлік қазір осында",
        "until": "Шамамен {at} дейін қызмет көрсетеді",
        "on_its_way": "Автокөлік сізге келе жатыр",
        "expected": "Келу уақыты — шамамен",
        "planned": "Жоспар бойынша: {at}",
        "known": "Автокөлікпен байланыс жоқ, мәлімет {at} жағдайы бойынша берілді",
        "nothing": "Автокөлік қазір жолға шыққан жоқ",
        "next": "Келесі келуі",
        "following": "Алдағы келулер",
        "none": "Жақын күндерге келу жоспарланбаған.",
        "cancelled": "сапар болмайды",
        "ask": "Сұрақтарыңыз болса, 1414 нөміріне қоңырау шалыңыз.",
        "updated": "Бет {at} жаңартылды, минут сайын өзі жаңарады. Уақыт — Қазақстан бойынша.",
        "unknown": "Мұндай ауыл табылмады",
        "unknown_more": "Мекенжайды тексеріңіз немесе 1414 нөміріне қоңырау шалыңыз.",
        "busy": "Сұраныс тым көп",
        "busy_more": "Бір минуттан кейін бетті қайта ашыңыз.",
        "languages": "Тілдер",
    },
    "ru": {
        "title": "Мобильный ЦОН",
        "here": "Автомобиль сейчас здесь",
        "until": "Обслуживает примерно до {at}",
        "on_its_way": "Автомобиль едет к вам",
        "expected": "Ожидается примерно в",
        "planned": "По плану: {at}",
        "known": "Связи с автомобилем нет, сведения по состоянию на {at}",
        "nothing": "Автомобиль сейчас не в пути",
        "next": "Следующий приезд",
        "following": "Ближайшие приезды",
        "none": "На ближайшие дни приезд не запланирован.",
        "cancelled": "приезда не будет",
        "ask": "Если есть вопросы, звоните по номеру 1414.",
        "updated": "Обновлено в {at}, страница обновляется каждую минуту. Время казахстанское.",
        "unknown": "Такое село не найдено",
        "unknown_more": "Проверьте адрес или позвоните по номеру 1414.",
        "busy": "Слишком много обращений",
        "busy_more": "Откройте страницу снова через минуту.",
        "languages": "Языки",
    },
    "en": {
        "title": "Mobile service centre",
        "here": "The van is here now",
        "until": "It serves until about {at}",
        "on_its_way": "The van is on its way to you",
        "expected": "Expected at about",
        "planned": "By plan: {at}",
        "known": "The van cannot be reached; this is as of {at}",
        "nothing": "The van is not on the road now",
        "next": "The next visit",
        "following": "Visits to come",
        "none": "No visit is planned for the next days.",
        "cancelled": "will not take place",
        "ask": "If you have questions, call 1414.",
        "updated": "This page was made at {at} and renews itself every minute. Kazakhstan time.",
        "unknown": "There is no such village",
        "unknown_more": "Check the address or call 1414.",
        "busy": "Too many requests",
        "busy_more": "Open the page again in a minute.",
        "languages": "Languages",
    },
}
_WEEKDAYS = {
    "kk": "дүйсенбі сейсенбі сәрсенбі бейсенбі жұма сенбі жексенбі",
    "ru": "понедельник вторник среда четверг пятница суббота воскресенье",
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
}
_MONTHS = {
    "kk": "қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан",
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "en": "January February March April May June July August September October November December",
}


def village_page(
    village: str, name: Mapping[str, str], said: Announcement, now: datetime, language: str
) -> str:
    """Return the page; ``language`` is kk, ru or en."""
    words = _WORDS[language]
    called = name.get(language) or name["kk"]
    parts = [f'<div class="now {said.now}"><p>{escape(words[said.now])}</p>']
    following = list(said.following)
    if said.now == "here" and said.until:
        parts.append(f"<p>{escape(words['until'].format(at=_clock(said.until)))}</p>")
    if said.now == "on_its_way" and said.expected_at and said.planned_at:
        parts.append(
            f"<p>{escape(words['expected'])}<br>"
            f'<span class="time">{_clock(said.expected_at)}</span></p>'
            f'<p class="dim">{escape(words["planned"].format(at=_clock(said.planned_at)))}</p>'
        )
    if said.known_at:
        parts.append(f"<p>{escape(words['known'].format(at=_clock(said.known_at)))}</p>")
    if said.now == "nothing":
        first = next((one for one in following if not _cancelled(one)), None)
        if first is not None:
            parts.append(
                f"<p>{escape(words['next'])}: {_day(first.planned_arrival_at, language)}<br>"
                f'<span class="time">{_hours(first)}</span></p>'
            )
    parts.append("</div>")
    if following:
        rows = "".join(f"<li>{_row(visit, language)}</li>" for visit in following)
        parts.append(f"<h2>{escape(words['following'])}</h2><ul>{rows}</ul>")
    else:
        parts.append(f"<p>{escape(words['none'])}</p>")
    parts.append(
        f"<p>{escape(words['ask'])}</p>"
        f"<p><small>{escape(words['updated'].format(at=_clock(now)))}</small></p>"
    )
    heading = f"{words['title']}: {called}"
    return _document(heading, "".join(parts), language, f"/vans/{village}")


def refusal_page(kind: str, language: str, address: str) -> str:
    """Return the page of an ``unknown`` village or for somebody who asks too often (``busy``)."""
    words = _WORDS[language]
    body = f"<p>{escape(words[f'{kind}_more'])}</p>"
    return _document(words[kind], body, language, address, renew=False)


def _document(heading: str, body: str, language: str, address: str, *, renew: bool = True) -> str:
    links = "".join(
        f'<a href="{escape(address)}?lang={code}" lang="{code}" hreflang="{code}"'
        f"{_CURRENT if code == language else ''}>{name}</a>"
        for code, name in LANGUAGES.items()
    )
    refresh = f'<meta http-equiv="refresh" content="{RENEW_S}">' if renew else ""
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"{refresh}<title>{escape(heading)}</title><style>{_STYLE}</style></head><body>"
        f'<nav aria-label="{escape(_WORDS[language]["languages"])}">{links}</nav>'
        f"<main><h1>{escape(heading)}</h1>{body}</main></body></html>"
    )


def _row(visit: VillageVisit, language: str) -> str:
    when = f"{_day(visit.planned_arrival_at, language)}, {_hours(visit)}"
    if _cancelled(visit):
        return f"<s>{when}</s> — {escape(_WORDS[language]['cancelled'])}"
    return when


def _cancelled(visit: VillageVisit) -> bool:
    return visit.trip_state == TripState.CANCELLED


def _hours(visit: VillageVisit) -> str:
    return f"{_clock(visit.planned_arrival_at)}–{_clock(visit.planned_departure_at)}"


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone(ZONE):%H:%M}"


def _day(moment: datetime, language: str) -> str:
    local = moment.astimezone(ZONE)
    weekday = _WEEKDAYS[language].split()[local.weekday()]
    return f"{weekday}, {local.day} {_MONTHS[language].split()[local.month - 1]}"
