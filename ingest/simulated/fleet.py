"""The vans of the demo: who they are, how they report, which places they visit; pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Waypoint:
    """A real place (GeoNames) that a van drives through and serves."""

    name: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class SimulatedVan:
    """A van with one device.

    Attributes:
        identifier: what the device sends.
        protocol: one of ingest.simulated.links.LINKS, or with ``udp`` of its UDP_LINKS.
        region_code: ISO 3166-2, as in geo/regions.py.
        stops: the places in order; the van drives there and back on the same road.
        report_interval_s: seconds between reports while driving.
    """

    identifier: str
    plate: str
    protocol: str
    name: Mapping[str, str] = field(hash=False)
    region_code: str
    stops: tuple[Waypoint, ...]
    report_interval_s: float = 3.0
    udp: bool = False


def _names(kk: str, ru: str, en: str) -> dict[str, str]:
    return {"kk": kk, "ru": ru, "en": en}


FLEET: tuple[SimulatedVan, ...] = (
    SimulatedVan(
        "phone-talgar",
        "101 AHL 05",
        "osmand",
        _names("Жылжымалы ХҚКО, Талғар", "Мобильный ЦОН, Талгар", "Mobile centre, Talgar"),
        "KZ-19",
        (
            Waypoint("Talgar", 43.30235, 77.23811),
            Waypoint("Esik", 43.3552, 77.45245),
            Waypoint("Turgen", 43.40056, 77.59333),
            Waypoint("Kazakhstan", 43.52007, 77.77509),
        ),
        2.0,
    ),
    SimulatedVan(
        "867060030000102",
        "102 AHL 14",
        "wialon",
        _names("Жылжымалы ХҚКО, Семей", "Мобильный ЦОН, Семей", "Mobile centre, Semey"),
        "KZ-10",
        (
            Waypoint("Semey", 50.42064, 80.25025),
            Waypoint("Borodulikha", 50.71841, 80.9295),
            Waypoint("Novaya Shulba", 50.53978, 81.32882),
        ),
    ),
    SimulatedVan(
        "867060030000103",
        "103 AHL 10",
        "wialon",
        _names("Жылжымалы ХҚКО, Қостанай", "Мобильный ЦОН, Костанай", "Mobile centre, Kostanay"),
        "KZ-39",
        (
            Waypoint("Kostanay", 53.21435, 63.62463),
            Waypoint("Obaghan", 53.07952, 64.29521),
            Waypoint("Borovskoy", 53.7927, 64.18268),
        ),
        5.0,
    ),
    SimulatedVan(
        "phone-turkistan",
        "104 AHL 13",
        "osmand",
        _names("Жылжымалы ХҚКО, Түркістан", "Мобильный ЦОН, Туркестан", "Mobile centre, Turkistan"),
        "KZ-61",
        (
            Waypoint("Turkistan", 43.29458, 68.25685),
            Waypoint("Kentau", 43.51672, 68.50463),
            Waypoint("Ashchysay", 43.5537, 68.89792),
            Waypoint("Sholakkorgan", 43.76453, 69.17856),
        ),
    ),
    SimulatedVan(
        "867060030000105",
        "105 AHL 07",
        "teltonika",
        _names("Жылжымалы ХҚКО, Орал", "Мобильный ЦОН, Уральск", "Mobile centre, Oral"),
        "KZ-27",
        (
            Waypoint("Oral", 51.24601, 51.42558),
            Waypoint("Terekti", 51.2221, 51.95731),
            Waypoint("Burlin", 51.42781, 52.71076),
        ),
    ),
    SimulatedVan(
        "867060030000106",
        "106 AHL 09",
        "egts",
        _names("Жылжымалы ХҚКО, Қарағанды", "Мобильный ЦОН, Караганда", "Mobile centre, Karaganda"),
        "KZ-35",
        (
            Waypoint("Karaganda", 49.80187, 73.10211),
            Waypoint("Saran", 49.80245, 72.83186),
            Waypoint("Shakhtinsk", 49.70713, 72.59321),
            Waypoint("Abai", 49.63539, 72.86523),
        ),
    ),
    SimulatedVan(
        "867060030000107",
        "107 AHL 03",
        "galileosky",
        _names("Жылжымалы ХҚКО, Көкшетау", "Мобильный ЦОН, Кокшетау", "Mobile centre, Kokshetau"),
        "KZ-11",
        (
            Waypoint("Kokshetau", 53.28414, 69.39364),
            Waypoint("Burabay", 53.08382, 70.31379),
            Waypoint("Shchuchinsk", 52.93592, 70.18895),
        ),
    ),
    SimulatedVan(
        "867060030000108",
        "108 AHL 04",
        "navtelecom",
        _names("Жылжымалы ХҚКО, Ақтөбе", "Мобильный ЦОН, Актобе", "Mobile centre, Aktobe"),
        "KZ-15",
        (
            Waypoint("Aktobe", 50.27969, 57.20718),
            Waypoint("Alga", 49.89863, 57.32787),
            Waypoint("Kandyagash", 49.46917, 57.41865),
        ),
        5.0,
    ),
)
