"""The language of a text by its script and its commonest words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.language import language_of

TEXTS = {
    "en": "The two sides exchanged views on the situation in the region and agreed to meet again.",
    "fr": "Les deux parties ont eu un échange de vues sur la situation dans la région.",
    "es": "Las dos partes intercambiaron opiniones sobre la situación en la región y en el mundo.",
    "de": "Die beiden Seiten sprachen über die Lage in der Region und das weitere Vorgehen.",
    "pt": "As duas partes trocaram opiniões sobre a situação na região com os ministros do país e não assinaram.",
    "it": "Le due parti hanno discusso della situazione nella regione con gli esperti del governo e dei partiti.",
    "zh": "双方就地区局势交换了意见，同意再次会面。",
    "ja": "双方は地域情勢について意見を交換し、再会することで一致した。",
    "ko": "양측은 지역 정세에 대해 의견을 나누고 다시 만나기로 했다.",
    "ru": "Стороны обменялись мнениями о положении в регионе.",
    "ar": "تبادل الجانبان وجهات النظر حول الوضع في المنطقة.",
    "el": "Οι δύο πλευρές αντάλλαξαν απόψεις για την κατάσταση στην περιοχή.",
    "he": "הצדדים החליפו דעות על המצב באזור.",
    "th": "ทั้งสองฝ่ายแลกเปลี่ยนความคิดเห็น",
}


@pytest.mark.parametrize(("language", "text"), TEXTS.items(), ids=TEXTS)
def test_a_language_is_known(language: str, text: str) -> None:
    assert language_of("", [text]) == language
    assert language_of(text, []) == language


def test_a_few_kana_among_chinese_characters_are_japanese() -> None:
    assert language_of("", ["外務大臣臨時会見記録（令和六年三月十八日）日米首脳会談準備状況の件"]) is not None
    assert language_of("", ["外務大臣の臨時会見記録、令和六年三月十八日、日米首脳会談の準備状況"]) == "ja"


def test_names_in_another_script_settle_nothing() -> None:
    assert language_of("周样本 (Zhou Specimen) on WHO and APEC", [TEXTS["zh"] * 3]) == "zh"
    assert language_of("Zhou Specimen (周样本)", [TEXTS["en"] * 3]) == "en"


@pytest.mark.parametrize("text", ["", "2020-04-08", "...", "Reykjavik", "Xyzzy plugh", "La"])
def test_nothing_settles_it(text: str) -> None:
    assert language_of(text, []) is None


@given(st.text(), st.lists(st.text(), max_size=3))
def test_no_text_is_too_odd(title: str, paragraphs: list[str]) -> None:
    assert language_of(title, paragraphs) in {None, *TEXTS}
