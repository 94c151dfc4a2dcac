"""What pages say that are not there (any more): words of the field, for whoever looks for them."""

from __future__ import annotations

NOTHING_HERE = (
    "页面不存在|网页不存在|没有找到您要的(?:网页|页面)|404 not found|302 found|error 404|page does not exist|"
    "page (?:you requested )?(?:cannot|can not|could not|was not|is not|not) (?:be )?found"
)
"""A regular expression, to be read without regard to case."""
