"""The demo's offices: real cities, made-up addresses; one hall scene each, in order."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DemoOffice:
    """One office; coordinates in degrees, WGS 84."""

    code: str
    region_code: str
    name: dict[str, str]
    address: str
    phone: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Owner:
    """The organisation that must staff a window."""

    code: str
    name: dict[str, str]


OWNERS = (
    Owner("hqko", {"kk": "Құжаттар", "ru": "Документы", "en": "Documents"}),
    Owner(
        "hqko", {"kk": "Әлеуметтік төлемдер", "ru": "Социальные выплаты", "en": "Social payments"}
    ),
    Owner(
        "migration_police",
        {"kk": "Көші-қон полициясы", "ru": "Миграционная полиция", "en": "Migration police"},
    ),
    Owner("cadastre", {"kk": "Жер кадастры", "ru": "Земельный кадастр", "en": "Land cadastre"}),
)

OFFICES = (
    DemoOffice(
        "almaty-1",
        "KZ-75",
        {"kk": "Алматы, №1 ХҚКО", "ru": "Алматы, ЦОН №1", "en": "Almaty, centre No. 1"},
        "Алматы, Жандосов көшесі, 51",
        "+7 727 000 00 01",
        43.2300,
        76.8900,
    ),
    DemoOffice(
        "astana-2",
        "KZ-71",
        {"kk": "Астана, №2 ХҚКО", "ru": "Астана, ЦОН №2", "en": "Astana, centre No. 2"},
        "Астана, Кенесары көшесі, 43",
        "+7 717 000 00 02",
        51.1605,
        71.4304,
    ),
    DemoOffice(
        "shymkent-3",
        "KZ-79",
        {"kk": "Шымкент, №3 ХҚКО", "ru": "Шымкент, ЦОН №3", "en": "Shymkent, centre No. 3"},
        "Шымкент, Тәуке хан даңғылы, 4",
        "+7 725 000 00 03",
        42.3205,
        69.5901,
    ),
    DemoOffice(
        "taldyqorghan-1",
        "KZ-33",
        {
            "kk": "Талдықорған, №1 ХҚКО",
            "ru": "Талдыкорган, ЦОН №1",
            "en": "Taldyqorghan, centre No. 1",
        },
        "Талдықорған, Тәуелсіздік көшесі, 67",
        "+7 728 000 00 04",
        45.0156,
        78.3739,
    ),
)
