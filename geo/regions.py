"""The 17 regions and 3 cities of Kazakhstan: ISO 3166-2 codes and names; pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RegionNames:
    """A region or a city of republican significance, as people call it."""

    code: str
    kk: str
    ru: str
    en: str

    @property
    def names(self) -> dict[str, str]:
        return {"kk": self.kk, "ru": self.ru, "en": self.en}


REGIONS: tuple[RegionNames, ...] = (
    RegionNames("KZ-10", "Абай облысы", "Область Абай", "Abai Region"),
    RegionNames("KZ-11", "Ақмола облысы", "Акмолинская область", "Akmola Region"),
    RegionNames("KZ-15", "Ақтөбе облысы", "Актюбинская область", "Aktobe Region"),
    RegionNames("KZ-19", "Алматы облысы", "Алматинская область", "Almaty Region"),
    RegionNames("KZ-23", "Атырау облысы", "Атырауская область", "Atyrau Region"),
    RegionNames(
        "KZ-27", "Батыс Қазақстан облысы", "Западно-Казахстанская область", "West Kazakhstan Region"
    ),
    RegionNames("KZ-31", "Жамбыл облысы", "Жамбылская область", "Zhambyl Region"),
    RegionNames("KZ-33", "Жетісу облысы", "Область Жетісу", "Jetisu Region"),
    RegionNames("KZ-35", "Қарағанды облысы", "Карагандинская область", "Karaganda Region"),
    RegionNames("KZ-39", "Қостанай облысы", "Костанайская область", "Kostanay Region"),
    RegionNames("KZ-43", "Қызылорда облысы", "Кызылординская область", "Kyzylorda Region"),
    RegionNames("KZ-47", "Маңғыстау облысы", "Мангистауская область", "Mangystau Region"),
    RegionNames("KZ-55", "Павлодар облысы", "Павлодарская область", "Pavlodar Region"),
    RegionNames(
        "KZ-59",
        "Солтүстік Қазақстан облысы",
        "Северо-Казахстанская область",
        "North Kazakhstan Region",
    ),
    RegionNames("KZ-61", "Түркістан облысы", "Туркестанская область", "Turkistan Region"),
    RegionNames("KZ-62", "Ұлытау облысы", "Область Ұлытау", "Ulytau Region"),
    RegionNames(
        "KZ-63",
        "Шығыс Қазақстан облысы",
        "Восточно-Казахстанская область",
        "East Kazakhstan Region",
    ),
    RegionNames("KZ-71", "Астана қаласы", "Город Астана", "Astana"),
    RegionNames("KZ-75", "Алматы қаласы", "Город Алматы", "Almaty"),
    RegionNames("KZ-79", "Шымкент қаласы", "Город Шымкент", "Shymkent"),
)
