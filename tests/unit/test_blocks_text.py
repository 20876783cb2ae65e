"""Text from outside shows exactly itself: no mention, link, style, quote or emoji comes of it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.blocks.abstract import has_marks, marked_abstract, paragraphs
from bot.blocks.kit import BlockLimitError, button, message, option, section, select
from bot.blocks.text import (
    clip,
    clip_escaped,
    defuse,
    escape,
    link,
    one_line,
    outside,
    plural,
    trim,
    url_safe,
    width,
)

ANY = st.text(max_size=400)


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        ("<!channel> & <@U1>", "&lt;!channel&gt; &amp; &lt;@U1&gt;"),
        ("=IMPORTXML(1)", "=IMPORTXML(1)"),
        ("*bold* _it_ ~no~ `code`", "∗bold∗ ˍitˍ ∼no∼ ˋcodeˋ"),
        ("HLA-B*57:01 and snake_case stay", "HLA-B*57:01 and snake_case stay"),
        ("a :smile: face", "a ∶smile: face"),
        ("ratio 1:2", "ratio 1:2"),
        ("> 50 % improved", "＞ 50 % improved"),
        ("tab\x00and\u2028more", "tab and more"),
        ("p<0.05", "p&lt;0.05"),
    ],
)
def test_outside(given_text: str, shown: str) -> None:
    assert outside(given_text) == shown


@given(ANY, st.integers(min_value=12, max_value=90))
def test_clipped_text_fits_and_breaks_no_entity(text: str, limit: int) -> None:
    for made in (outside(text, limit), trim(outside(text), limit), clip_escaped(text, limit)):
        assert width(made) <= limit
        assert not re.search(r"&(?!amp;|lt;|gt;)", made)
        assert "<" not in made
    assert width(clip(text, limit)) <= limit


@given(ANY)
def test_nothing_styles_what_follows(text: str) -> None:
    shown = defuse(text)
    for match in re.finditer(r"[*_~`]", shown):
        before, after = shown[match.start() - 1], shown[match.end()]
        assert before.isalnum()
        assert after.isalnum()


@given(ANY, ANY)
def test_a_link_cannot_be_left_early(url: str, label: str) -> None:
    made = link("https://doi.org/" + url, label)
    assert len(re.findall("<", made)) <= 1
    assert width(made) <= 2_900
    if made.startswith("<https"):
        assert re.fullmatch(r"<https://[^\s|<>]+\|[^<>|]*(\|[^<>]*)?>", made)
    assert not re.search(r"[\s|<>]", url_safe(url))


def test_a_trimmed_text_ends_no_link_halfway() -> None:
    assert trim("see <https://a.b/c|the label> now", 22) == "see…"


def test_one_line_and_plural() -> None:
    assert one_line(" a\n b\t c ") == "a b c"
    assert (plural(1, "record"), plural(1_200, "record")) == ("1 record", "1,200 records")
    assert plural(2, "study", "studies") == "2 studies"


STRUCTURED = (
    "BACKGROUND: Mentoring helps. METHODS: We asked residents: how? Results: p<0.05. "
    "Main outcome measures: none. CONCLUSION(S): Good."
)


def test_headings_stand_on_lines_of_their_own() -> None:
    found = paragraphs(STRUCTURED)
    headings = [p.heading for p in found]
    assert headings[:4] == ["BACKGROUND", "METHODS", "Results", "Main outcome measures"]
    assert found[1].text == "We asked residents: how?"
    (text,) = marked_abstract(STRUCTURED, (), ())
    assert "\n\n_METHODS:_ We asked residents: how?" in text


def test_terms_for_and_against_are_told_apart() -> None:
    (text,) = marked_abstract(
        "Residents' mentors met undergraduates; mentorship of a residential kind.",
        ("resident", "mentor*"),
        ("undergraduate",),
    )
    assert text == (
        "*Residents*' *mentors* met `undergraduates`; *mentorship* of a residential kind."
    )
    assert has_marks("A resident", ("resident",), ())
    assert not has_marks("residential", ("resident",), ())


def test_the_longer_of_two_terms_is_marked() -> None:
    (text,) = marked_abstract("peer mentoring", ("peer", "peer mentoring"), ())
    assert text == "*peer mentoring*"


def test_a_long_abstract_is_split_between_paragraphs_and_nothing_is_lost() -> None:
    words = [f"word{n}" for n in range(900)]
    texts = marked_abstract(" ".join(words), (), ())
    assert len(texts) == 3
    assert all(width(text) <= 2_900 for text in texts)
    assert " ".join(texts).split() == words


@given(st.text(max_size=6_000))
def test_any_abstract_fits_its_sections(abstract: str) -> None:
    for text in marked_abstract(abstract, ("a", "resident*"), ("no",), limit=500):
        assert 0 < width(text) <= 500
        assert not re.search(r"&(?!amp;|lt;|gt;)", text)
        assert "<" not in text


def test_an_abstract_of_a_whole_book_is_cut() -> None:
    texts = marked_abstract("long words " * 5_000, (), ())
    assert sum(map(len, texts)) < 9_200
    assert texts[-1].endswith("(cut at 9,000 characters)")


def test_what_breaks_a_limit_is_refused_when_it_is_built() -> None:
    with pytest.raises(BlockLimitError, match="at most 3000"):
        section("x" * 3_001)
    with pytest.raises(BlockLimitError):
        section("")
    with pytest.raises(BlockLimitError):
        section(escape("&") * 601)
    with pytest.raises(BlockLimitError):
        button("x" * 76, "a", "v")
    with pytest.raises(BlockLimitError):
        option("text", "v" * 151)
    with pytest.raises(BlockLimitError):
        select("choose", "a", [])
    with pytest.raises(BlockLimitError):
        select("choose", "a", [option(str(n), str(n)) for n in range(101)])
    with pytest.raises(BlockLimitError):
        message("m", [section("x")] * 51)
    assert option("x" * 90, "v")["text"]["text"] == "x" * 74 + "…"
