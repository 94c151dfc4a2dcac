"""The registry of layouts: one small module a template; a new one is named here."""

from __future__ import annotations

from parsers.kit import Layout
from parsers.layouts.bare_text import BareText
from parsers.layouts.mfa_en import MfaEn
from parsers.layouts.mfa_zh_news import MfaZhNews
from parsers.layouts.mfa_zh_vibox import MfaZhVibox
from parsers.layouts.mission_text import MissionText
from parsers.layouts.state_feed import StateFeed

LAYOUTS: tuple[Layout, ...] = (
    MissionText(),
    MfaEn(),
    MfaZhVibox(),
    MfaZhNews(),
    StateFeed(),
    BareText(),
)

__all__ = ["LAYOUTS"]
