"""Words by which a sentence tells an act, and words that part a day from it."""

from __future__ import annotations

import re

# What an issuer tells that it did. A verb that others do to it (declared, adopted, attacked) is not here.
_DID = (
    r"met|meets|spoke|speaks|talked|talks|visited|visits|travel(?:l)?ed|travels|attended|attends|hosted|hosts|(?:co-)?chaired"
    r"|(?:co-)?chairs|held|holds|launched|arrived|arrives|received|receives|delivered|addressed|called|calls|participated"
    r"|paid|pays|convened|took place|concluded|summoned|exchanged|inaugurated|gave|opened|joined|signed|departed|hold"
    r"|had (?:an? |talks|discussions|consultations|his |her |their )|welcomed|engaged|led|headed|undertook|co-hosted"
)
_WILL = (
    r"(?:will|shall|(?:is|are) (?:to|scheduled to|expected to|set to|due to)|plans to)(?: also| then| jointly)? "
    r"(?:visit|travel|attend|host|meet|hold|pay|participate|lead|(?:co-)?chair|deliver|join|make|arrive|depart|convene"
    r"|speak|address|represent|be (?:in|visiting|on|hosted|held)|undertake|embark|take place)"
    r"|(?:is|are) (?:visiting|travell?ing|attending|hosting|on an? \w+ visit)"
)
TOLD = re.compile(rf"\b(?:(?P<ahead>{_WILL})|{_DID})\b", re.IGNORECASE)
WROTE = re.compile(r"\b(?:sent|wrote|written|exchanged|conveyed|extended)\b", re.IGNORECASE)

# Between the verb and its day these begin another thought.
PARTS = re.compile(
    r"\b(?:that|which|who|whom|whose|where|when|after|since|following|upon|ahead|before|until|during|scheduled|upcoming"
    r"|anniversary|elections?|discuss\w*|regarding|concerning|marking|commemorat\w*|adopted|dated|announced|because"
    r"|killed|attacks?|passing|inauguration|statement|resolution|aimed|planned)\b"
    r"|\b(?:to|for) (?!the\b|an?\b|[A-Z]|talks\b|consultations\b|his\b|her\b)|[;:]"
)
OF = re.compile(
    r"\b(?:since|until|till|by|before|after|to|ahead of|following|of|as of|dated|the|this|upcoming|next|last|past|and"
    r"|than|every|each)\s*$",
    re.IGNORECASE,
)
PART_OF_DAY = re.compile(
    r"\b(?:morning|afternoon|evening|night|noon|day|week) of\s*$|\b(?:on|between|from) the\s*$", re.IGNORECASE
)
# Before a day that opens its sentence.
OPENS = re.compile(
    r"^[\W_]*(?:(?:early|late|later|earlier)\s)?(?:(?:on|from|between|in)\b\s?)?(?:the\s)?"
    r"(?:(?:early\s|late\s)?(?:morning|afternoon|evening|night)\s(?:of|on)\s)?(?:local time,?\s|beijing time,?\s)?"
    r"(?:on\s)?(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s)?(?:the\s)?$",
    re.IGNORECASE,
)
OPENS_ELSEWHERE = re.compile(
    r"^[\W_]*(?:le|el|los días|du|den|am|em|no dia|in|il|в|во|с|утром|вечером|днём|في|يوم|في يوم)?\s?$", re.IGNORECASE
)
# A noun may follow a day of the year that is its name.
NAMES_IT = re.compile(
    r"\s(?:attacks?|elections?|earthquake|incident|agreement|declaration|coup|anniversary|referendum|massacre"
    r"|movement|revolution|uprising|statement|communiqu|truce|ceasefire|explosion|flood)",
    re.IGNORECASE,
)
MINISTRY = re.compile(
    r"^,?\s?(?:\d{4},?\s)?(?:the\s|chinese\s|singapore['’]s\s)*"
    r"(?:ministry of foreign affairs|foreign ministry|mfa|department of state)\b",
    re.IGNORECASE,
)
# Today's day is that of the statement, unless it stands for the present age.
NO_DAY_BEFORE = re.compile(
    r"\b(?:until|as of|even|still|to|this|than|of|since|here|world|and|like|we|are)\s$", re.IGNORECASE
)
NO_DAY_AFTER = re.compile(r"^,?\s(?:more|as|than|is|are|we|world|and tomorrow|there)\b", re.IGNORECASE)
# A ministry that calls itself no more than that is at home.
AT_HOME = re.compile(r"^Statement (?:by|of) the (?:Foreign Ministry|Ministry of Foreign Affairs)\b(?! of)")

HAN_VERB = re.compile(
    r"会见|会谈|会晤|通电话|通话|出席|举行|访|赴|拜会|会面|致电|主持|抵达|表示|宣布|召见|参加|启程|视察|考察|参观|接受|交涉"
    r"|演讲|看望|慰问|前往|应邀|视频|共同|签署|祝贺|致辞|走进|举办|召开|接待|会务"
)
HAN_OPENS = re.compile(r"^[\s（(【]*(?:(?:为|应|经)[^，。]{2,50}，)?(?:当地时间|北京时间)?$")
HAN_AT = re.compile(r"(?P<ahead>将|拟|定|计划|暂定)?(?:已)?(?:于|自|在)$")
HAN_FAR = re.compile(r"^(?:的|以来|起|前|后|之|至今|(?:上午|下午)?(?:发生|通过|签署|发表|达成|召开|举行|公布)的)")
HAN_TOPIC = re.compile(r"[就因对据自由]|关于|针对|鉴于|继|[，,。；：:]")
HAN_SPOKE = re.compile(r"^(?:上午|下午|晚|晚间|凌晨|中午)?[，,]?\s?(?:(?:中国)?外交部|有记者|我?部?发言人)")
HAN_WILL = re.compile(r"将|拟|定于|计划")
