"""Invented words of the languages that a text is told by: what fills a sample. Data, no code."""

from __future__ import annotations

STOCK = {
    "en": (
        "the keeper of the northern lamp wrote to the harbour office on the first day of autumn and "
        "asked that the old bell be rung for ships with wool and with salt because the fog is thick "
        "and the pilots are in need of a sound that carries over water to the islands and the "
        "office has agreed to this for a year"
    ),
    "fr": (
        "le gardien de la lampe du nord a écrit au bureau du port pour que la vieille cloche soit "
        "sonnée dans le brouillard et les pilotes des îles sont venus avec du sel et une corde par "
        "la route sur les dunes"
    ),
    "es": (
        "el guardián de la lámpara del norte escribió a la oficina del puerto para que se toque la "
        "campana en la niebla y los pilotos de las islas llegaron con sal y una cuerda por el "
        "camino en su barca"
    ),
    "de": (
        "der wärter der lampe im norden schrieb dem amt und bat für das schiff mit der wolle um den "
        "klang der glocke und die lotsen sind mit dem boot auf das wasser gefahren zu des hafens "
        "rand"
    ),
    "pt": (
        "o guarda da lâmpada do norte escreveu ao porto para que o sino se toque com a névoa e os "
        "pilotos das ilhas não vieram com sal em uma barca por causa dos ventos"
    ),
    "it": (
        "il guardiano della lampada del nord scrive al porto per una campana che suona nel buio e "
        "gli altri piloti delle isole con di sale e la corda dei pescatori alla riva"
    ),
    "ru": (
        "хранитель северной лампы написал в контору порта и попросил звонить в старый колокол когда "
        "туман густой а лоцманы с островов везут соль и шерсть по холодной воде"
    ),
    "ar": (
        "كتب حارس المصباح إلى مكتب الميناء وطلب أن يدق الجرس القديم في الضباب حتى تصل سفن الملح "
        "والصوف إلى الجزر البعيدة"
    ),
    "he": ("שומר המנורה בצפון כתב אל משרד הנמל וביקש לצלצל בפעמון הישן בערפל כדי שספינות המלח והצמר יגיעו אל האיים"),
    "el": (
        "ο φύλακας του βόρειου φάρου έγραψε στο λιμάνι και ζήτησε να χτυπά η παλιά καμπάνα στην ομίχλη για τα πλοία"
    ),
    "zh": (
        "北方灯塔的看守人写信给港口办公室请求在大雾天敲响旧钟让运盐和羊毛的船只能够听见岛上的引航员"
        "带着绳索划船出海港口答应再试一年并请木匠修好钟楼的屋顶"
    ),
    "ja": (
        "北の灯台の番人は港の役所に手紙を書き霧の日に古い鐘を鳴らすように頼みました島の水先案内人は塩と羊毛を運びます"
    ),
    "ko": ("북쪽등대의지기는항구에편지를써서안개낀날에오래된종을울려달라고부탁했다섬의뱃사공은소금과양털을나른다"),
    "th": ("ผู้ดูแลประภาคารเขียนถึงท่าเรือขอให้ตีระฆังเก่าในวันหมอกหนา"),
}
