"""Words by which chrome is known where its shape does not settle it: data, no code."""

from __future__ import annotations

import re

# Names that languages give themselves, as they stand on the language bars of ministries.
LANGUAGES = frozenset(
    word
    for line in (
        "中文 中文版 简体 繁體 繁体 简体中文 繁體中文 汉语 漢語 english en eng عربي العربي العربية عربى",
        "español espanol esp français francais française fra русский рус deutsch português portugues",
        "日本語 日本语 한국어 조선말",
        "italiano türkçe ελληνικά magyar polski čeština română српски srpski hrvatski български українська",
        "монгол қазақша ไทย việt tiếng indonesia melayu bahasa हिन्दी বাংলা اردو فارسی עברית ქართული հայերեն",
        "azərbaycan nederlands svenska dansk norsk suomi íslenska eesti latviešu lietuvių slovenčina",
        "slovenščina shqip kiswahili swahili cn fr es ru ar de pt jp kr it",
    )
    for word in line.split()
)
SITE_LINKS = frozenset(
    {"contact", "us", "links", "home", "sitemap", "site", "map", "search", "contacts", "help", "rss"}
)

_NETWORK = (
    r"facebook|twitter|x|linkedin|weibo|wechat|whatsapp|telegram|e ?mail|pinterest|instagram|"
    r"微信(?:好友)?|微博|新浪微博|腾讯微博|朋友圈|微信朋友圈|qq空间|qq|人人网|豆瓣"
)
_SHARED = r"(?:this|page|article|story|link|news|with friends|on|to|via|by)"
CONTROL = "|".join(
    (
        r"su[gj]+[a-z]{1,5}ts? (?:this (?:\w+ )?)?to (?:a )?friends?",
        r"(?:tell|send|forward|e ?mail|recommend) (?:this (?:page |article |news )?)?(?:to )?(?:a )?friends?",
        r"(?:e ?mail|save|download|bookmark) this(?: page| article)?",
        r"print(?: this(?: page| article)?|er(?: friendly)?(?: version| page)?| page| version)?",
        rf"share(?: {_SHARED}){{0,3}}(?: (?:{_NETWORK}))*",
        r"close(?: this)?(?: window| page)?",
        r"(?:back to |return to |go to )?top|back|return",
        r"font size|text size|a\+{1,2}|a|large|medium|small",
        r"推荐给?(?:朋友|好友)|推荐|发送给(?:朋友|好友)",
        r"打印(?:本页|此页|本稿|本文|文章|页面|预览)?",
        rf"(?:一键)?分享(?:到|至|给)?(?:本页|本文|好友)?(?:{_NETWORK})?|{_NETWORK}",
        r"关闭(?:窗口|本页|此页|页面)?|收藏(?:本页|本文)?",
        r"返回(?:顶部|上一页|首页|列表)?|回到?顶部",
        r"字体(?:大小)?|字号|大|中|小",
        r"imprimer|imprimir|compartir|compartilhar|partager|envoyer à un ami|drucken|teilen|stampa|condividi",
        r"распечатать|печать|версия для печати|поделиться|отправить другу|طباعة|مشاركة",
        r"印刷|シェア|인쇄|공유|yazdır|paylaş",
    )
)

# A heading over links to other pages; what follows it on its line must be links.
RELATED = re.compile(
    r"[\s\[【<《◎■●*]*(?:(?:related|more|other|latest|recommended) (?:news|articles?|stories|links?|reading|releases)|"
    r"you may also like|相关(?:新闻|链接|阅读|报道|文章|稿件|信息|内容|文档|专题)|更多(?:新闻|阅读|报道)|"
    r"延伸阅读|推荐阅读|"
    r"actualités (?:liées|connexes)|articles (?:liés|connexes)|à lire aussi|not[ií]cias relacionadas|"
    r"verwandte (?:artikel|nachrichten|themen)|связанные новости|похожие новости|новости по теме|أخبار ذات صلة|"
    r"関連(?:記事|ニュース|リンク)|관련 ?(?:뉴스|기사))",
    re.IGNORECASE,
)
# A box for attachments that stands empty at the end.
EMPTY = re.compile(r"[\s\[【]*(?:附件|附录|相关附件|appendix|attachments?|annex)[\s\]】]*[:：]\s*", re.IGNORECASE)
# What stands in a farm of links to other houses, and what a site asks before it lets a reader go to one.
FARM = re.compile(r"中国政府网|全国人民代表大会|最高人民法院|商务部|外办(?=\s|$)|State Council|Ministry of Commerce")
LEAVING = re.compile(
    r"\W*(?=\w)(?:您即将离开\S{2,20}网站\W*(?:跳转到其他网站\W*)?)?(?:是否继续访问\W*)?(?:继续访问\W*)?(?:放弃\W*)?"
    r"|\W*you are (?:now )?leaving [\w .'’-]{3,60}site\W*",
    re.IGNORECASE,
)
# Who owns the site, at the very end.
FOOTER = re.compile(r"all rights reserved\W*$|版权所有(?!.*。)|icp[备证]\s?\d|^\s*(?:copyright\s*)?©", re.IGNORECASE)
