"""Sentences are written in Chinese and translated when they are shown."""

from collections.abc import Iterator

import pytest

from casework.engine import language
from casework.engine.language import Sentence, _, listed, pgettext, use_translator


@pytest.fixture
def in_english() -> Iterator[None]:
    before = language._Language.translate
    words = {
        "还剩 %(days)s 日": "%(days)s days left",
        "已归档": "archived",
        "办结": "Close",
        "clock\x04办结": "Handling",
        "、": ", ",
    }
    use_translator(lambda text: words.get(text, text))
    yield
    use_translator(before)


def test_a_sentence_fills_in_its_values() -> None:
    assert str(_("还剩 %(days)s 日", days=3)) == "还剩 3 日"


def test_a_sentence_is_translated_when_shown_not_when_made(in_english: None) -> None:
    assert str(_("还剩 %(days)s 日", days=3)) == "3 days left"


def test_a_sentence_inside_a_sentence_is_translated_too(in_english: None) -> None:
    assert str(_("还剩 %(days)s 日", days=_("已归档"))) == "archived days left"


def test_a_sentence_without_values_may_contain_a_percent_sign() -> None:
    assert str(Sentence("超过 50%")) == "超过 50%"


def test_two_equal_sentences_are_one() -> None:
    assert len({_("%(a)s%(b)s", a=1, b=2), _("%(a)s%(b)s", b=2, a=1)}) == 1


def test_other_values_make_another_sentence() -> None:
    assert _("%(a)s", a=1) != _("%(a)s", a=2)


def test_one_word_has_another_meaning_in_another_context(in_english: None) -> None:
    assert [str(_("办结")), str(pgettext("clock", "办结"))] == ["Close", "Handling"]
    assert _("办结") != pgettext("clock", "办结")


def test_a_context_is_never_shown(in_english: None) -> None:
    assert str(pgettext("nowhere", "归档")) == "归档"


def test_a_list_is_separated_as_the_language_does() -> None:
    assert listed([_("办结"), "x"]) == "办结、x"


def test_a_list_is_translated_with_its_separator(in_english: None) -> None:
    assert listed([_("办结"), "x"]) == "Close, x"
