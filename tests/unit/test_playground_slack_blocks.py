"""Every rule of Block Kit that the Slack stand-in enforces, a row each."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.models import blocks as sdk

from playground.slack.block_elements import ELEMENTS, INTERACTIVE, OBJECTS
from playground.slack.block_layouts import BLOCKS, RICH_PARTS, VIEWS
from playground.slack.blocks import check_blocks, check_view, filled_in, is_too_large
from playground.slack.interactions import STATE_FIELDS
from playground.slack.mrkdwn import BROADCAST, UNESCAPED, problem_with


def plain(text: str = "x") -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str = "x") -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}


def section(**more: Any) -> dict[str, Any]:
    return {"type": "section", "text": mrkdwn(), **more}


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


def button(**more: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": "a", "text": plain(), **more}


def option(text: str = "x", value: str = "v", **more: Any) -> dict[str, Any]:
    return {"text": plain(text), "value": value, **more}


def select(**more: Any) -> dict[str, Any]:
    return {"type": "static_select", "action_id": "s", "options": [option()], **more}


def input_of(element: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "input", "label": plain(), "element": element, **more}


def modal(**more: Any) -> dict[str, Any]:
    return {"type": "modal", "title": plain(), "blocks": [section()], **more}


GOOD = [
    section(fields=[mrkdwn(), plain()], accessory=button()),
    {"type": "header", "text": plain("H")},
    {"type": "divider"},
    {"type": "context", "elements": [mrkdwn("a <https://x.org|b> &lt;i&gt; <@U00000000ANA>")]},
    actions(
        button(style="danger", value="v", confirm={
            "title": plain(), "text": mrkdwn(), "confirm": plain(), "deny": plain()
        }),
        select(),
        {"type": "overflow", "action_id": "o", "options": [option()]},
        {"type": "radio_buttons", "action_id": "r", "options": [option()]},
        {"type": "checkboxes", "action_id": "c", "options": [option()]},
        {"type": "users_select", "action_id": "u"},
        {"type": "datepicker", "action_id": "d", "initial_date": "2026-01-05"},
    ),
    input_of({"type": "plain_text_input", "action_id": "t", "multiline": True}),
    input_of({"type": "multi_static_select", "option_groups": [
        {"label": plain(), "options": [option()]}
    ]}),
    input_of({"type": "number_input", "is_decimal_allowed": False}),
    {"type": "image", "image_url": "https://x.org/a.png", "alt_text": "a"},
    {"type": "image", "slack_file": {"id": "F1"}, "alt_text": "a"},
    {"type": "rich_text", "elements": [
        {"type": "rich_text_section", "elements": [
            {"type": "text", "text": "bold", "style": {"bold": True}},
            {"type": "link", "url": "https://x.org"},
            {"type": "user", "user_id": "U1"},
        ]},
        {"type": "rich_text_list", "style": "bullet", "elements": [
            {"type": "rich_text_section", "elements": [{"type": "emoji", "name": "eyes"}]}
        ]},
    ]},
    {"type": "markdown", "text": "# Title with <b>"},
]  # fmt: skip


@pytest.mark.parametrize("block", GOOD, ids=lambda block: block["type"])
def test_good_blocks_pass(block: dict[str, Any]) -> None:
    assert check_blocks([block], "message") == []


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("section 3001", section(text=mrkdwn("x" * 3001)), "less than 3001"),
    ("section empty", section(text=mrkdwn("")), "more than 0"),
    ("section nothing", {"type": "section"}, "at least one of text, fields"),
    ("section 11 fields", section(fields=[mrkdwn()] * 11), "no more than 10"),
    ("section field 2001", section(fields=[mrkdwn("x" * 2001)]), "less than 2001"),
    ("section input", section(accessory={"type": "plain_text_input"}), "not allowed here"),
    ("header 151", {"type": "header", "text": plain("x" * 151)}, "less than 151"),
    ("header mrkdwn", {"type": "header", "text": mrkdwn()}, "must be plain_text"),
    ("context 11", {"type": "context", "elements": [mrkdwn()] * 11}, "no more than 10"),
    ("actions 26", actions(*[button(action_id=str(n)) for n in range(26)]), "no more than 25"),
    ("actions none", actions(), "no fewer than 1"),
    ("button text 76", actions(button(text=plain("x" * 76))), "less than 76"),
    ("button mrkdwn", actions(button(text=mrkdwn())), "must be plain_text"),
    ("button value 2001", actions(button(value="x" * 2001)), "less than 2001"),
    ("button url 3001", actions(button(url="x" * 3001)), "less than 3001"),
    ("button style", actions(button(style="green")), "must be one of"),
    ("button no text", actions({"type": "button", "action_id": "a"}), "missing required"),
    ("action_id 256", actions(button(action_id="x" * 256)), "less than 256"),
    ("action_id twice", actions(button(), button()), "already exists in this block"),
    ("block_id 256", section(block_id="x" * 256), "less than 256"),
    ("select 101", actions(select(options=[option()] * 101)), "no more than 100"),
    ("select both", actions(select(option_groups=[])), "exactly one of"),
    ("select neither", actions({"type": "static_select"}), "exactly one of"),
    ("option text 76", actions(select(options=[option("x" * 76)])), "less than 76"),
    ("option value 151", actions(select(options=[option(value="x" * 151)])), "less than 151"),
    ("placeholder 151", actions(select(placeholder=plain("x" * 151))), "less than 151"),
    ("overflow 6", actions({"type": "overflow", "options": [option()] * 6}), "no more than 5"),
    ("radio 11", actions({"type": "radio_buttons", "options": [option()] * 11}), "than 10"),
    ("confirm title", actions(button(confirm={"title": plain("x" * 101)})), "less than 101"),
    ("multi in actions", actions({"type": "multi_users_select"}), "not allowed here"),
    ("date", actions({"type": "datepicker", "initial_date": "5.1.2026"}), "must match"),
    ("label 2001", input_of({"type": "plain_text_input"}, label=plain("x" * 2001)), "2001"),
    ("button in input", input_of(button()), "not allowed here"),
    ("number", input_of({"type": "number_input"}), "missing required field: is_decimal"),
    ("file_input", input_of({"type": "file_input"}), "not allowed in a message"),
    ("image both", {"type": "image", "alt_text": "a", "image_url": "x",
                    "slack_file": {"id": "F"}}, "exactly one of"),
    ("image alt", {"type": "image", "image_url": "x"}, "missing required field: alt_text"),
    ("markdown 12001", {"type": "markdown", "text": "x" * 12001}, "less than 12001"),
    ("unknown block", {"type": "table", "rows": []}, "unsupported type: table"),
    ("unknown element", actions({"type": "slider"}), "not allowed here"),
    ("unknown field", section(colour="red"), "standin_unknown_field"),
    ("unknown text field", section(text={**mrkdwn(), "emoji": True}), "standin_unknown_field"),
    ("null", section(accessory=None), "must not be null"),
    ("rich part", {"type": "rich_text", "elements": [{"type": "text"}]}, "not allowed here"),
    ("broadcast", section(text=mrkdwn("<!channel>")), BROADCAST),
    ("rich broadcast", {"type": "rich_text", "elements": [{"type": "rich_text_section",
     "elements": [{"type": "broadcast", "range": "here"}]}]}, BROADCAST),
    ("markdown broadcast", {"type": "markdown", "text": "<!here>"}, BROADCAST),
    ("unescaped", section(text=mrkdwn("p < 0.05")), UNESCAPED),
]  # fmt: skip


@pytest.mark.parametrize(("name", "block", "message"), BAD, ids=[row[0] for row in BAD])
def test_bad_blocks_are_refused(name: str, block: dict[str, Any], message: str) -> None:
    problems = check_blocks([block], "message")
    assert any(message in str(problem) for problem in problems), [str(p) for p in problems]


def test_counts_and_doubled_block_ids() -> None:
    assert "no more than 50" in str(check_blocks([section()] * 51, "message")[0])
    assert check_blocks([section()] * 100, "modal") == []
    doubled = [section(block_id="x"), section(block_id="x")]
    assert "already exists" in str(check_blocks(doubled, "message")[0])
    assert "must be a list" in str(check_blocks({}, "message")[0])


VIEWS_REFUSED = [
    ("title 25", modal(title=plain("x" * 25)), "less than 25"),
    ("submit 25", modal(submit=plain("x" * 25)), "less than 25"),
    ("close 25", modal(close=plain("x" * 25)), "less than 25"),
    ("metadata 3001", modal(private_metadata="x" * 3001), "less than 3001"),
    ("callback 256", modal(callback_id="x" * 256), "less than 256"),
    ("no title", {"type": "modal", "blocks": []}, "missing required field: title"),
    ("no blocks", {"type": "modal", "title": plain()}, "missing required field: blocks"),
    ("input, no submit", modal(blocks=[input_of({"type": "plain_text_input"})]), "`submit`"),
    ("home title", {"type": "home", "title": plain(), "blocks": []}, "standin_unknown_field"),
    ("101 blocks", modal(blocks=[section()] * 101), "no more than 100"),
    ("markdown", modal(blocks=[{"type": "markdown", "text": "x"}]), "not allowed in a modal"),
    ("type", {"type": "page", "blocks": []}, "must be modal or home"),
]


@pytest.mark.parametrize(
    ("name", "view", "message"), VIEWS_REFUSED, ids=[row[0] for row in VIEWS_REFUSED]
)
def test_bad_views_are_refused(name: str, view: dict[str, Any], message: str) -> None:
    problems = check_view(view)
    assert any(message in str(problem) for problem in problems), [str(p) for p in problems]


def test_good_views_pass_and_large_ones_do_not() -> None:
    form = modal(blocks=[input_of({"type": "file_input"})], submit=plain())
    assert check_view(form) == [] and check_view({"type": "home", "blocks": []}) == []
    assert not is_too_large(form)
    assert is_too_large(modal(blocks=[section(text=mrkdwn("x" * 2900))] * 100))


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("plain & simple > all", None),
        ("<https://doi.org/10.1/x|doi> and <mailto:a@b.c|mail>", None),
        ("<@U1> <#C1|general> <!subteam^S1> <!date^1392734382^{date}|Feb>", None),
        ("<!channel>", BROADCAST),
        ("<!here|here>", BROADCAST),
        ("<!everyone>", BROADCAST),
        ("&lt;!channel&gt;", None),
        ("<i>in vitro</i>", UNESCAPED),
        ("a <b", UNESCAPED),
        ("<not a link>", UNESCAPED),
        ("@channel", None),
    ],
)
def test_mrkdwn(text: str, error: str | None) -> None:
    found = problem_with(text)
    assert (found[0] if found else None) == error


def test_named_broadcast_counts_only_with_link_names() -> None:
    found = problem_with("hello @here", link_names=True)
    assert found is not None and found[0] == BROADCAST


def test_ids_and_defaults_are_filled_in() -> None:
    sent = [section(), actions({"type": "button", "text": plain()})]
    stored = filled_in(sent, iter(["b1", "b2", "a1"]).__next__)
    assert stored[0]["block_id"] == "b1" and stored[0]["text"]["verbatim"] is False
    assert stored[1]["elements"][0]["action_id"] == "a1"
    assert stored[1]["elements"][0]["text"]["emoji"] is True
    assert "block_id" not in sent[0]


def test_every_rule_says_where_it_is_known_from() -> None:
    tables = (BLOCKS, ELEMENTS, OBJECTS, RICH_PARTS, VIEWS)
    assert all(shape.known_from for table in tables for shape in table.values())
    assert set(STATE_FIELDS) == INTERACTIVE - {"button", "overflow"}


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (BLOCKS["header"].fields["text"].high, sdk.HeaderBlock.text_max_length),
        (BLOCKS["section"].fields["fields"].high, sdk.SectionBlock.fields_max_length),
        (BLOCKS["actions"].fields["elements"].high, sdk.ActionsBlock.elements_max_length),
        (BLOCKS["context"].fields["elements"].high, sdk.ContextBlock.elements_max_length),
        (BLOCKS["markdown"].fields["text"].high, sdk.MarkdownBlock.text_max_length),
        (ELEMENTS["button"].fields["text"].high, sdk.ButtonElement.text_max_length),
        (ELEMENTS["button"].fields["value"].high, sdk.ButtonElement.value_max_length),
        (ELEMENTS["static_select"].fields["options"].high, sdk.SelectElement.options_max_length),
        (OBJECTS["option"].fields["value"].high, sdk.Option.value_max_length),
        (OBJECTS["confirm"].fields["text"].high, sdk.ConfirmObject.text_max_length),
    ],
)
def test_the_numbers_are_those_of_slack_sdk(ours: int, theirs: int) -> None:
    assert ours == theirs
