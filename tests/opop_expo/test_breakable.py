"""A long name goes on in a new line at its dots, and stays text."""

from __future__ import annotations

from opop_expo.templatetags.pages import breakable


def test_name_may_break_after_what_joins_its_words() -> None:
    assert breakable("siti.aminah@al-ulum.id") == "siti.<wbr>aminah@<wbr>al-<wbr>ulum.<wbr>id"
    assert breakable("budi.") == "budi."


def test_what_a_name_holds_is_no_markup() -> None:
    assert breakable("<b>a.b&'</b>") == "&lt;b&gt;a.<wbr>b&amp;&#x27;&lt;/<wbr>b&gt;"
