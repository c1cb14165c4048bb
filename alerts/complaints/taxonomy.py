"""The closed lists of a complaint: what it is about and how it reached us."""

from collections.abc import Mapping
from types import MappingProxyType

Names = Mapping[str, str]


def _names(kk: str, ru: str, en: str) -> Names:
    return MappingProxyType({"kk": kk, "ru": ru, "en": en})


# Open311 calls the category service_code; free text stands beside it in ``description``.
SERVICE_CODES: Mapping[str, Names] = MappingProxyType(
    {
        "wrong_advice": _names("Қате кеңес беру", "Неверная консультация", "Wrong advice"),
        "long_wait": _names(
            "Күту уақыты нормадан асты", "Ожидание дольше нормы", "Waited longer than the norm"
        ),
        "long_service": _names(
            "Қызмет көрсету ұзаққа созылды", "Долгое обслуживание", "Service took too long"
        ),
        "rudeness": _names("Дөрекілік", "Грубость", "Rudeness"),
        "refusal": _names(
            "Қызмет көрсетуден негізсіз бас тарту", "Необоснованный отказ", "Unjustified refusal"
        ),
        "absent_staff": _names(
            "Терезеде қызметкер жоқ", "Отсутствие работника у окна", "Nobody at the window"
        ),
        "incomplete_information": _names(
            "Толық емес ақпарат", "Неполная информация", "Incomplete information"
        ),
        "extra_documents": _names(
            "Артық құжат талап ету", "Требование лишних документов", "Extra documents demanded"
        ),
        "bribe_demand": _names("Пара талап ету", "Вымогательство взятки", "Bribe demanded"),
        "technical_failure": _names("Техникалық ақау", "Технический сбой", "Technical failure"),
        "accessibility": _names(
            "Мүгедектігі бар адамдарға қолжетімсіздік",
            "Недоступность для людей с инвалидностью",
            "Not accessible to people with disabilities",
        ),
        "other": _names("Басқа", "Другое", "Other"),
    }
)

CHANNELS: Mapping[str, Names] = MappingProxyType(
    {
        "call_1414": _names("1414 қоңырауы", "Звонок 1414", "1414 call"),
        "walk_in": _names("Жеке келу", "Личный приём", "Walk-in"),
        "blog": _names("Төраға блогы", "Блог председателя", "Chairman's blog"),
        "social": _names("Әлеуметтік желі", "Социальная сеть", "Social network"),
        "mystery_shopper": _names("Құпия клиент", "Тайный покупатель", "Mystery shopper"),
    }
)
