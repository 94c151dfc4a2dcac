"""What a passage names: numbers, people, countries and offices, as far as that shows without a dictionary.

In scripts with capitals a name is a word that begins with one within a sentence, or that does so elsewhere
in the text: "Lin said" opens a sentence, and "Foreign Minister Lin" stands in another. German begins every
noun so: there capitals say nothing. Chinese shows numerals beside a unit, offices and the two characters next to
them, countries, and foreign names by the characters that stand for sounds. What shows nowhere: a Chinese
person or place beside no office, number words of other languages, names in scripts without capitals.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cached_property

from parsers.language import language_of
from parsers.linking.word_diff import WORD
from parsers.months import SMALL
from parsers.text import has_han

# `one` and `first` stand for too much else.
_NUMBER_WORDS = (
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen",
    "eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion",
    "trillion dozen hundreds thousands millions billions dozens half twice second third fourth fifth sixth seventh",
    "eighth ninth tenth",
)
_OFFICE_WORDS = (
    "president premier minister chancellor secretary ambassador envoy consul councilor councillor chairman",
    "chairwoman chairperson chair governor mayor king queen prince princess emperor spokesperson spokesman",
    "spokeswoman commissioner director representative deputy vice acting former presidents premiers ministers",
    "ambassadors envoys representatives",
)
# Days that are written without a capital, as months are: French, Spanish, Portuguese, Italian, Russian.
WEEKDAYS = (
    "lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miércoles jueves viernes sábado domingo",
    "lunedì martedì mercoledì giovedì venerdì понедельник вторник среда среду четверг пятница пятницу суббота субботу",
    "воскресенье",
)
OFFICES = frozenset(word for words in _OFFICE_WORDS for word in words.split())
_SAID = OFFICES | SMALL | {word for words in (*_NUMBER_WORDS, *WEEKDAYS) for word in words.split()}
_STOPPED = "mr mrs ms dr prof gen sen rep amb gov lt col st no vs hon jr sr messrs mme"
_ABBREVIATED = frozenset(_STOPPED.split())

_NUMERAL = "〇零一二三四五六七八九十百千万亿两"
_OFFICE = (
    "总统|总理|主席|国王|女王|王储|首相|部长|外长|大使|特使|代表|秘书长|议长|书记|委员|主任|司长"
    "|发言人|先生|女士|阁下|大臣|国务卿|领事|市长|省长|州长|顾问|会长"
)
_NO_NAME = "兼同与和在对说表示将会就的以及是向应出访答宣了为由举主这也还不并于之"  # follow an office, and are no name
# Characters that write the sounds of foreign names; three in a row are one, in 225,000 characters of real texts always.
_SOUNDS = (
    "阿埃艾安奥巴白班贝比宾波伯博布察达戴丹德迪蒂丁杜厄恩尔凡菲费弗福夫盖冈戈格圭哈赫亨洪胡霍基吉加贾杰卡坎考科克肯库拉莱兰朗劳勒雷黎里"
    "利林卢鲁伦罗洛马迈麦曼梅蒙米莫墨穆纳南内尼涅宁纽诺努欧帕潘佩皮葡普奇乔切荣瑞萨塞桑森沙圣史士斯苏索塔泰坦汤特滕图土托瓦旺威韦维温翁沃"
    "乌西希肖谢辛休雅亚耶叶伊因尤约越扎泽赞詹兹佐"
)
# Countries that are not written by three such characters.
_COUNTRIES = (
    "[中美法德英韩泰]国|[中美法德英韩泰俄日印朝]方|俄罗斯|日本|印度|朝鲜|越南|老挝|缅甸|柬埔寨|马来西亚|菲律宾|新加坡|文莱|蒙古|伊朗|土耳其|以色列|埃及|南非|约旦|黎巴嫩|"
    "也门|阿曼|科威特|叙利亚|阿富汗|印尼|东帝汶|尼泊尔|孟加拉|不丹|马尔代夫|希腊|荷兰|波兰|瑞典|瑞士|挪威|芬兰|丹麦|冰岛|捷克|匈牙利|保加利亚|立陶宛|拉脱维亚|爱沙尼亚|摩尔多瓦|"
    "阿塞拜疆|葡萄牙|西班牙|意大利|奥地利|比利时|卢森堡|爱尔兰|古巴|智利|秘鲁|巴西|墨西哥|阿根廷|委内瑞拉|厄瓜多尔|玻利维亚|哥伦比亚|加拿大|澳大利亚|新西兰|斐济|汤加|萨摩亚|"
    "加纳|加蓬|乍得|刚果|多哥|贝宁|尼日尔|尼日利亚|马里|苏丹|突尼斯|摩洛哥|几内亚|冈比亚|喀麦隆|津巴布韦|欧盟|联合国|东盟|非盟"
)
_HAN_NAMED = re.compile(
    rf"第[{_NUMERAL}]+|[{_NUMERAL}]{{2,}}|[二三四五六七八九十百千万亿两](?=[年月日号人名个次项届位周岁元天点])|一(?=[月日号届岁])"
    rf"|(?:{_COUNTRIES})|[\u4e00-\u9fff]{{2}}(?=[省市]|自治区)|[{_SOUNDS}]{{3,}}|(?:{_OFFICE})(?:(?![{_NO_NAME}]|.?(?:{_OFFICE}))[\u4e00-\u9fff]{{2}})?|[\u4e00-\u9fff]{{1,2}}(?={_OFFICE})"
)
_AROUND = 16  # characters: a Chinese name or number that a change touches may begin before it
_WORD = re.compile(rf"{WORD}|[%‰°]|[$€£¥￥₽₹₩]")
_STOPS = ".!?;:。！？；："
# Matches wherever it is tried: a text without a stop is read once.
_SENTENCE = re.compile(rf"[^{_STOPS}\n]+[{_STOPS}]?")
YEAR = re.compile(r"(?:19|20)\d\d")
_LETTERS = re.compile(WORD)
_TYPED = str.maketrans(dict.fromkeys("“”„«»", '"') | dict.fromkeys("‘’‚`´", "'") | dict.fromkeys("‐‑‒–—―", "-"))
_SKIPPED = " \t\"'“”‘’«»„(（[【《「*•-–—"


def same_width(word: str) -> str:
    """A word whatever the width of its letters and digits."""
    return word if word.isascii() else unicodedata.normalize("NFKC", word)


def same_letters(word: str) -> str:
    """A word whatever its width and case."""
    return same_width(word).casefold()


def plain(text: str) -> str:
    """A text typed plainly: letters and digits of one width, straight quotes, one kind of dash and of space."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text.encode("utf-8", "replace").decode()).translate(_TYPED)
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n"))


def words_of(text: str) -> list[str]:
    """The words of a text whatever their width and case, in order."""
    return _LETTERS.findall(same_letters(text))


def sentences(text: str, stop: int) -> Iterator[re.Match[str]]:
    """Sentences, or their parts up to a colon, each with its stop, among so many characters.

    A line without a stop is a heading or a menu, and none.
    """
    return (match for match in _SENTENCE.finditer(text, 0, stop) if match[0][-1] in _STOPS)


class Named:
    """A text, and what its passages name.

    Args:
        text: the whole text; what stands elsewhere in it tells whether a word is a name.
        nouns: whether a capital counts in German too, where each noun has one.
    """

    def __init__(self, text: str, nouns: bool = False) -> None:
        self.text = text
        self.nouns = nouns

    def within(self, start: int, stop: int) -> list[str]:
        """What stands between these offsets, or touches them, in order; empty where nothing stands there."""
        found = [*self._words(start, stop), *self._han(start, stop)]
        return [word for _, word in sorted(found)]

    def _words(self, start: int, stop: int) -> Iterator[tuple[int, str]]:
        for match in _WORD.finditer(self.text, start, stop):
            word = match[0]
            bare = word.casefold() if word.isascii() else same_letters(word)
            if word.islower() and word.isalpha():  # most words: the quickest way to what they are
                if bare in _SAID:
                    yield match.start(), bare
            elif _is_number(word) or bare in _SAID or (word[0].isupper() and self._is_name(match.start(), word)):
                yield match.start(), bare

    def _han(self, start: int, stop: int) -> Iterator[tuple[int, str]]:
        if not has_han(self.text[start:stop]):
            return
        for match in _HAN_NAMED.finditer(self.text, max(0, start - _AROUND), stop + _AROUND):
            if match.start() < stop and match.end() > start:
                yield match.start(), match[0]

    def _is_name(self, place: int, word: str) -> bool:
        if word == "I" or (opens_a_sentence(self.text, place) and word not in self._capitalised_within):
            return False
        return self.nouns or not self._is_german

    @cached_property
    def _is_german(self) -> bool:
        return language_of("", [self.text]) == "de"

    @cached_property
    def _capitalised_within(self) -> frozenset[str]:
        words = _WORD.finditer(self.text)
        found = ((match.start(), match[0]) for match in words if match[0][0].isupper())
        return frozenset(word for place, word in found if not opens_a_sentence(self.text, place))


def _is_number(word: str) -> bool:
    return not word[0].isalpha() or any(map(str.isdigit, word))


def opens_a_sentence(text: str, place: int) -> bool:
    """Whether the word at this place is the first of its sentence; a stop after "Mr" or an initial ends none."""
    before = text[max(0, place - 24) : place]
    bare = before.rstrip(_SKIPPED)
    if not bare:
        return True
    if bare[-1] != ".":
        return bare[-1] in "!?:\n。！？：…"
    last = re.split(r"[\s.(]", bare[:-1])[-1]
    return not (last.casefold() in _ABBREVIATED or (len(last) == 1 and last.isupper()))
