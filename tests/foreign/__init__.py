"""Pages in templates that no layout knows, made for tests: invented text in the shapes that real sites have."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

TITLE = "Minister of Tides Meets the Keeper of the Western Lamp"
PROSE = (
    "The Minister of Tides met the keeper of the western lamp on Monday, and both agreed that the fog had come early.",
    "“A bell costs less than a ship,” the keeper said. The Minister took note of it, and asked for the price of two.",
    "They will meet again in March, when the new rope has arrived from the islands and the old one has been counted.",
)
ZH = (
    "五月六日，潮汐部长会见西灯塔看守人，双方一致认为今年的雾来得比往年早。",
    "看守人表示，一口钟比一条船便宜。部长对此表示赞赏，并询问了两口钟的价格。",
    "双方商定明年三月再次会面，届时新的绳索将从群岛运到。",
)
RU = (
    "Министр приливов встретился в понедельник со смотрителем западного маяка, "
    "и оба согласились, что туман пришёл рано.",
    "Колокол дешевле корабля, сказал смотритель. Министр принял это к сведению и спросил о цене двух колоколов.",
    "Они встретятся снова в марте, когда с островов привезут новую верёвку и пересчитают старую.",
)


@dataclass(frozen=True)
class Foreign:
    """What is to be read from a page, and the selector of its body that a person would choose."""

    name: str
    region: str
    breadcrumb: tuple[str, ...] = ()
    title: str = TITLE
    paragraphs: tuple[str, ...] = PROSE
    day: str = "2024-05-06"

    @property
    def path(self) -> Path:
        return Path(__file__).with_name(f"{self.name}.html")


FOREIGN = (
    Foreign("gov-uk", "div.govspeak", ("Home", "News and talks")),
    Foreign("wordpress", "div.entry-content"),
    Foreign("drupal", "div.field--name-body", ("Start", "Press", "Meetings")),
    Foreign("ids", "#pr-body", ("Portada", "Prensa", "Noticias")),
    Foreign("div-soup", "div.nr", ("首页", "新闻中心", "要闻"), "潮汐部长会见西灯塔看守人", ZH),
    Foreign("table", "tbody > tr:nth-of-type(3) > td"),
    Foreign("microdata", 'div[itemprop="articleBody"]'),
    Foreign("russian", "div.news-detail__text", ("Главная", "Новости"), "Встреча на маяке", RU),
)
