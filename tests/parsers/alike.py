"""Made releases, what their mirrors look like, and what other events look like that are told in the same words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import combinations

from parsers.linking import Document


@dataclass(frozen=True)
class Made:
    """A release: `word` may be another in a mirror; each of `others` makes another event of it."""

    language: str
    title: str
    headline: str
    paragraphs: tuple[str, ...]
    word: tuple[str, str]
    others: tuple[tuple[str, str], ...]
    dated: tuple[str, str] = field(default=("", ""))

    def document(self) -> Document:
        """As it is compared."""
        return Document(self.title, "\n\n".join(self.paragraphs), self.language)

    def told(self, old: str, new: str) -> Made:
        """With other words throughout."""
        return replace(
            self,
            title=self.title.replace(old, new),
            headline=self.headline.replace(old, new),
            paragraphs=tuple(each.replace(old, new) for each in self.paragraphs),
        )


CALL = Made(
    "en",
    "Lin Example Speaks with Maltese Foreign Minister Carmen Muster on the Phone",
    "Lin Example Holds Telephone Talks with Carmen Muster",
    (
        "On 18 March, State Councilor and Foreign Minister Lin Example had a telephone conversation with "
        "Foreign Minister "
        "Carmen Muster of Malta.",
        "Lin said that the water pumps promised in January have left Ningbo, and that the two countries "
        "should go on with the "
        "“harbour plan” step by step. He noted that both sides need a clear timetable.",
        "Muster said that Malta is ready to take part in the next round of consultations. The two sides also "
        "exchanged views "
        "on fisheries.",
    ),
    ("consultations", "talks"),
    (
        ("18 March", "19 March"),
        ("18 March", "18 May"),
        ("Carmen Muster", "Maria Muster"),
        ("Malta", "Cyprus"),
        ("Lin Example", "Zhou Example"),
        ("water pumps", "12 water pumps and 3 cranes"),
        ("January", "February"),
        ("Ningbo", "Dalian"),
        ("Foreign Minister Carmen", "President Carmen"),
    ),
    ("18 March", "18 March 2020"),
)
VISIT = Made(
    "en",
    "Kenyan Foreign Minister Amina Sample to Visit China",
    "Foreign Minister of Kenya to Visit",
    (
        "Foreign Ministry Spokesperson Zhou Specimen announces:",
        "At the invitation of Foreign Minister Lin Example, Foreign Minister Amina Sample of Kenya will pay "
        "an official visit "
        "to China from December 13 to 16, and will meet the leaders of the provinces that trade with her country.",
    ),
    ("leaders", "heads"),
    (
        ("December 13 to 16", "December 12 to 16"),
        ("December 13 to 16", "June 13 to 16"),
        ("Kenya", "Ghana"),
        ("Amina Sample", "Grace Sample"),
        ("Lin Example", "Wang Example"),
    ),
    ("December 13 to 16", "December 13 to 16, 2017"),
)
WEEKLY = Made(
    "en",
    "Weekly Report on the Grain Corridor",
    "Grain Corridor: This Week's Figures",
    (
        "The joint centre of Port Fiction reports that 41 ships left the three harbours in the week to 7 August.",
        "They carried 1,203,400 tonnes of wheat and maize. No incident was reported on the way, and the "
        "inspectors thanked "
        "the crews for their patience.",
        "The next report will be published on the same day of next week.",
    ),
    ("inspectors", "officials"),
    (
        ("41 ships", "38 ships"),
        ("1,203,400", "1,198,250"),
        ("7 August", "14 August"),
        ("Port Fiction", "Port Nowhere"),
        ("three harbours", "four harbours"),
    ),
)
GREETING = Made(
    "en",
    "Greetings on the National Day of Iceland",
    "National Day of Iceland",
    (
        "On behalf of the Government and the people, I send my best wishes to all who celebrate the National "
        "Day of Iceland.",
        "Our two nations have long worked together in trade, science and culture, and we look forward to "
        "many more years of "
        "this friendship. I wish everyone a joyful day and a year of peace and health.",
    ),
    ("joyful", "happy"),
    (("Iceland", "Norway"), ("Iceland", "Côte d'Ivoire"), ("National Day", "Independence Day")),
)
FRENCH = Made(
    "fr",
    "Entretien téléphonique de Lin Example avec le ministre maltais",
    "Lin Example s'entretient avec son homologue",
    (
        "Le 18 mars, le ministre des Affaires étrangères Lin Example s'est entretenu au téléphone avec "
        "Carmen Muster, ministre "
        "des Affaires étrangères de Malte.",
        "Les deux ministres ont salué l'état des relations et décidé de poursuivre le projet du port. Ils se "
        "sont aussi "
        "entretenus de la pêche et de l'eau.",
    ),
    ("salué", "loué"),
    (("18 mars", "18 avril"), ("18 mars", "17 mars"), ("Malte", "Chypre"), ("Carmen", "Maria")),
    ("18 mars", "18 mars 2020"),
)
GERMAN = Made(
    "de",
    "Außenminister Beispiel zu seiner Reise nach Malta",
    "Vor der Reise nach Malta",
    (
        "Vor seiner Abreise nach Malta sagte Außenminister Beispiel heute (12.03.) der Presse:",
        "Wir wollen den Hafen gemeinsam ausbauen, und wir reden mit unseren Freunden offen über die "
        "Fischerei. Das ist gut für "
        "beide Länder, und es ist gut für alle, die vom Meer leben.",
    ),
    ("offen", "gern"),
    (("Malta", "Zypern"), ("12.03.", "13.03."), ("Fischerei", "Schifffahrt")),
)
CALL_ZH = Made(
    "zh",
    "林样本同马耳他外长穆斯特通电话",
    "林样本与穆斯特通话",
    (
        "3月18日，国务委员兼外长林样本同马耳他外长穆斯特通电话。",
        "林样本表示，中方一月承诺的水泵已从宁波启运，双方应按照“港口计划”稳步推进合作，尽快商定时间表。",
        "穆斯特表示，马方愿参加下一轮磋商。双方还就渔业合作交换了意见。",
    ),
    ("稳步", "逐步"),
    (
        ("3月18日", "3月19日"),
        ("3月18日", "5月18日"),
        ("马耳他", "塞浦路斯"),
        ("穆斯特", "卡普特"),
        ("林样本", "周样本"),
        ("一月承诺", "二月承诺"),
    ),
    ("3月18日", "2020年3月18日"),
)
TEAM_ZH = Made(
    "zh",
    "中国政府向马耳他派遣医疗专家组",
    "医疗专家组启程",
    (
        "外交部发言人周样本宣布：",
        "为帮助马耳他应对疫情，中国政府决定派遣医疗专家组。专家组由国家卫生部门组建，浙江省卫生部门选派，已于4月18日上午启程。"
        "专家组携带了部分医疗物资，将同当地医护人员交流经验。",
    ),
    ("交流", "分享"),
    (("马耳他", "菲律宾"), ("马耳他", "法国"), ("4月18日", "4月5日"), ("浙江省", "山东省"), ("周样本", "吴样本")),
    ("4月18日", "2020年4月18日"),
)
WEEKLY_ZH = Made(
    "zh",
    "领事保护一周通报",
    "一周领事通报",
    (
        "上周，领事保护中心共接听电话3105个，协助处置案件41起，其中涉及渔船案件七起。",
        "中心提醒在外公民注意交通安全，遵守当地法律，遇到困难及时与使领馆联系。",
    ),
    ("注意", "留意"),
    (("3105个", "2987个"), ("41起", "38起"), ("案件七起", "案件十二起")),
)
ARABIC = Made(
    "ar",
    "المتحدث باسم وزارة الخارجية تشو عينة يعلن عن زيارة وزير خارجية مالطا",
    "زيارة وزير خارجية مالطا",
    (
        "أعلن المتحدث باسم وزارة الخارجية تشو عينة أن وزير خارجية مالطا سيقوم بزيارة رسمية يوم 13 ديسمبر.",
        "وقال إن البلدين يعملان معا منذ سنوات في مجال الموانئ والصيد، وإن الجانبين سيبحثان خطة جديدة للتعاون.",
    ),
    ("جديدة", "مشتركة"),
    (("مالطا", "قبرص"), ("13 ديسمبر", "14 ديسمبر"), ("ديسمبر", "يناير"), ("تشو", "وانغ")),
)
ALL = (CALL, VISIT, WEEKLY, GREETING, FRENCH, GERMAN, CALL_ZH, TEAM_ZH, WEEKLY_ZH, ARABIC)

_TYPED = str.maketrans({"“": '"', "”": '"', "'": "’", "-": "\u2011", "，": ",", "3": "３", "1": "１"})


def _lines(before: tuple[str, ...], after: tuple[str, ...]) -> Callable[[Made], Made]:
    return lambda made: replace(made, paragraphs=(*before, *made.paragraphs, *after))


def _cut(made: Made) -> Made:
    # The last of two paragraphs may be all that is told.
    return replace(made, paragraphs=made.paragraphs[:-1]) if len(made.paragraphs) > 2 else made


MIRRORED: dict[str, Callable[[Made], Made]] = {
    "another host": lambda made: made,
    "one paragraph": lambda made: replace(made, paragraphs=(" ".join(made.paragraphs),)),
    "left-overs of a page": _lines(("Print Share",), ("Suggest to a friend", "Font: large small")),
    "left-overs of a Chinese page": _lines(("字体：大 中 小",), ("推荐给朋友", "打印")),
    "a signature": _lines((), ("Embassy of the Republic in Fiction",)),
    "otherwise typed": lambda made: replace(
        made,
        title=made.title.translate(_TYPED),
        paragraphs=tuple(each.translate(_TYPED).replace(". ", ".  ") for each in made.paragraphs),
    ),
    "one word changed": lambda made: made.told(*made.word),
    "last paragraph cut": _cut,
    "another headline": lambda made: replace(made, title=made.headline),
    "the year added": lambda made: made.told(*made.dated) if made.dated[0] else made,
    "in capitals": lambda made: replace(made, title=made.title.upper()),
}
BOTH: dict[str, Callable[[Made], Made]] = {
    f"{one}, {other}": lambda made, one=one, other=other: MIRRORED[other](MIRRORED[one](made))  # type: ignore[misc]
    for one, other in combinations(MIRRORED, 2)
    if "another host" not in (one, other) and {one, other} != {"left-overs of a page", "left-overs of a Chinese page"}
}


def mirrors() -> Iterator[tuple[str, Document, Document]]:
    """Pairs that are one release: what differs, and both."""
    for number, made in enumerate(ALL):
        for name, rule in (MIRRORED | BOTH).items():
            yield f"{number}, {name}", made.document(), rule(made).document()


def strangers() -> Iterator[tuple[str, Document, Document]]:
    """Pairs that are two events: what differs, and both."""
    for number, made in enumerate(ALL):
        for old, new in made.others:
            assert old in f"{made.title} {made.paragraphs}", old
            yield f"{number}, {old} is {new}", made.document(), made.told(old, new).document()
            same_title = replace(made.told(old, new), title=made.title)
            yield f"{number}, {old} is {new}, one title", made.document(), same_title.document()
            cut = MIRRORED["left-overs of a page"](_cut(made.told(old, new)))
            yield f"{number}, {old} is {new}, cut", made.document(), cut.document()
        first = replace(made, paragraphs=made.paragraphs[:1] + OTHER[made.language])
        yield f"{number}, the same title and beginning", made.document(), first.document()
    for one, other in combinations(ALL, 2):  # two of them tell one call in two languages
        yield f"{one.title}, {other.title}", one.document(), other.document()
    yield from _excerpts()


OTHER = {
    "en": (
        "The meeting was held in the town hall, and the press was not admitted. A dinner followed, with "
        "songs of both coasts.",
    ),
    "fr": (
        "La rencontre a eu lieu à la mairie, sans la presse. Un dîner a suivi, avec des chants des deux rives du lac.",
    ),
    "de": (
        "Das Treffen fand im Rathaus statt, ohne Presse. Danach gab es ein Essen, und man sang Lieder von "
        "beiden Ufern.",
    ),
    "zh": ("会谈在市政厅举行，未邀请记者。随后主人设宴款待，席间演唱了两岸的民歌，气氛热烈，宾主尽欢。",),
    "ar": ("عقد اللقاء في مبنى البلدية من دون حضور الصحافة، وأقيم بعده عشاء غنى فيه الضيوف أغاني الساحلين.",),
}


def _excerpts() -> Iterator[tuple[str, Document, Document]]:
    asked = [f"Gazette of Nowhere: What of the {word} talks? Zhou Specimen: The {word} talks go on." for word in TOPICS]
    whole = Document("Zhou Specimen's Regular Press Conference", "\n\n".join(asked), "en")
    yield "one answer of a conference", whole, Document(whole.title, asked[3], "en")
    yield "a third of a conference", whole, Document(whole.title, "\n\n".join(asked[:3]), "en")
    yield (
        "a stub",
        Document("Remarks on Tea", "The full text follows.", "en"),
        Document("On Ferries", "The full text follows.", "en"),
    )
    day = Document("Regular Press Conference on March 5, 2019", whole.body, "en")
    yield "another day in the title", day, replace(day, title=re.sub("March 5", "March 6", day.title))


TOPICS = ("tea", "rail", "ferry", "grain", "visa", "fishery", "border", "climate", "tariff")
