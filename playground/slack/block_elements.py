"""What each block element and composition object may hold, as data."""

from __future__ import annotations

from playground.slack.rules import (
    DOCS,
    NOTES,
    RECALLED,
    SDK,
    Field,
    Shape,
    choice,
    element,
    flag,
    many,
    marked,
    matching,
    need,
    number,
    plain,
    shape,
    string,
)

DATE = matching(r"\d{4}-\d{2}-\d{2}")
TIME = matching(r"\d{2}:\d{2}")

# Composition objects.
OBJECTS: dict[str, Shape] = {
    "option": Shape(
        {"text": need(marked(75)), "value": need(string(150, 1)), "description": marked(75)},
        f"{SDK} Option; value {NOTES}",
    ),
    "overflow_option": Shape(
        {
            "text": need(plain(75)),
            "value": need(string(150, 1)),
            "description": plain(75),
            "url": string(3000),
        },
        f"{SDK} Option; {DOCS} composition-objects/option-object",
    ),
    "select_option": Shape(
        {"text": need(plain(75)), "value": need(string(150, 1)), "description": plain(75)},
        f"{SDK} Option; {DOCS}: plain_text only in menus",
    ),
    "option_group": Shape(
        {"label": need(plain(75)), "options": need(many(shape("select_option"), 1, 100))},
        f"{SDK} OptionGroup",
    ),
    "confirm": Shape(
        {
            "title": need(plain(100)),
            "text": need(marked(300)),
            "confirm": need(plain(30)),
            "deny": need(plain(30)),
            "style": choice("primary", "danger"),
        },
        f"{SDK} ConfirmObject",
    ),
    "dispatch_action_config": Shape(
        {"trigger_actions_on": many(choice("on_enter_pressed", "on_character_entered"), 1, 2)},
        f"{SDK} DispatchActionConfig",
    ),
    "conversation_filter": Shape(
        {
            "include": many(choice("im", "mpim", "private", "public"), 1, 4),
            "exclude_external_shared_channels": flag(),
            "exclude_bot_users": flag(),
        },
        f"{SDK} ConversationFilter",
    ),
    "slack_file": Shape(
        {"id": string(255), "url": string(3000)}, f"{SDK} SlackFile", one_of=(("id", "url"),)
    ),
}

ACTION_ID = string(255, 1)
_COMMON = {"action_id": ACTION_ID, "confirm": shape("confirm")}
_FOCUSED = {**_COMMON, "focus_on_load": flag()}
_HINTED = {**_FOCUSED, "placeholder": plain(150)}
_WRITTEN = {
    "action_id": ACTION_ID,
    "placeholder": plain(150),
    "focus_on_load": flag(),
    "dispatch_action_config": shape("dispatch_action_config"),
}
_OPTIONS: dict[str, Field] = {
    "options": many(shape("select_option"), 1, 100),
    "option_groups": many(shape("option_group"), 1, 100),
}
_ONE_SOURCE = (("options", "option_groups"),)
_MAX_SELECTED = {"max_selected_items": number(1, 1_000)}

ELEMENTS: dict[str, Shape] = {
    "button": Shape(
        {
            **_COMMON,
            "text": need(plain(75)),
            "value": string(2000),
            "url": string(3000),
            "style": choice("primary", "danger"),
            "accessibility_label": string(75),
        },
        f"{SDK} ButtonElement; {NOTES}",
    ),
    "static_select": Shape(
        {**_HINTED, **_OPTIONS, "initial_option": shape("select_option")},
        f"{SDK} StaticSelectElement; {NOTES}",
        one_of=_ONE_SOURCE,
    ),
    "external_select": Shape(
        {**_HINTED, "initial_option": shape("select_option"), "min_query_length": number(0, 100)},
        f"{SDK} ExternalDataSelectElement",
    ),
    "users_select": Shape({**_HINTED, "initial_user": string(255)}, f"{SDK} UserSelectElement"),
    "conversations_select": Shape(
        {
            **_HINTED,
            "initial_conversation": string(255),
            "default_to_current_conversation": flag(),
            "response_url_enabled": flag(),
            "filter": shape("conversation_filter"),
        },
        f"{SDK} ConversationSelectElement",
    ),
    "channels_select": Shape(
        {**_HINTED, "initial_channel": string(255), "response_url_enabled": flag()},
        f"{SDK} ChannelSelectElement",
    ),
    "multi_static_select": Shape(
        {
            **_HINTED,
            **_OPTIONS,
            **_MAX_SELECTED,
            "initial_options": many(shape("select_option"), 1, 100),
        },
        f"{SDK} StaticMultiSelectElement",
        one_of=_ONE_SOURCE,
    ),
    "multi_external_select": Shape(
        {
            **_HINTED,
            **_MAX_SELECTED,
            "initial_options": many(shape("select_option"), 1, 100),
            "min_query_length": number(0, 100),
        },
        f"{SDK} ExternalDataMultiSelectElement",
    ),
    "multi_users_select": Shape(
        {**_HINTED, **_MAX_SELECTED, "initial_users": many(string(255), 1, 1_000)},
        f"{SDK} UserMultiSelectElement",
    ),
    "multi_conversations_select": Shape(
        {
            **_HINTED,
            **_MAX_SELECTED,
            "initial_conversations": many(string(255), 1, 1_000),
            "default_to_current_conversation": flag(),
            "filter": shape("conversation_filter"),
        },
        f"{SDK} ConversationMultiSelectElement",
    ),
    "multi_channels_select": Shape(
        {**_HINTED, **_MAX_SELECTED, "initial_channels": many(string(255), 1, 1_000)},
        f"{SDK} ChannelMultiSelectElement",
    ),
    "overflow": Shape(
        {**_COMMON, "options": need(many(shape("overflow_option"), 1, 5))},
        f"{SDK} OverflowMenuElement; at least one option {DOCS}",
    ),
    "radio_buttons": Shape(
        {
            **_FOCUSED,
            "options": need(many(shape("option"), 1, 10)),
            "initial_option": shape("option"),
        },
        f"{DOCS} block-elements/radio-button-group-element",
    ),
    "checkboxes": Shape(
        {
            **_FOCUSED,
            "options": need(many(shape("option"), 1, 10)),
            "initial_options": many(shape("option"), 1, 10),
        },
        f"{DOCS} block-elements/checkboxes-element",
    ),
    "datepicker": Shape({**_HINTED, "initial_date": DATE}, f"{SDK} DatePickerElement"),
    "timepicker": Shape(
        {**_HINTED, "initial_time": TIME, "timezone": string(255)}, f"{SDK} TimePickerElement"
    ),
    "datetimepicker": Shape(
        {**_FOCUSED, "initial_date_time": number(0, 9_999_999_999)},
        f"{SDK} DateTimePickerElement",
    ),
    "plain_text_input": Shape(
        {
            **_WRITTEN,
            "initial_value": string(3000),
            "multiline": flag(),
            "min_length": number(0, 3_000),
            "max_length": number(1, 3_000),
        },
        f"{SDK} PlainTextInputElement; {DOCS}: 3,000 characters",
    ),
    "number_input": Shape(
        {
            **_WRITTEN,
            "is_decimal_allowed": need(flag()),
            "initial_value": string(255),
            "min_value": string(255),
            "max_value": string(255),
        },
        f"{SDK} NumberInputElement",
    ),
    "url_text_input": Shape({**_WRITTEN, "initial_value": string(3000)}, f"{SDK} UrlInputElement"),
    "email_text_input": Shape(
        {**_WRITTEN, "initial_value": string(3000)}, f"{SDK} EmailInputElement"
    ),
    "file_input": Shape(
        {
            "action_id": ACTION_ID,
            "filetypes": many(string(255), 1, 100),
            "max_files": number(1, 10),
        },
        f"{DOCS} block-elements/file-input-element",
    ),
    "image": Shape(
        {
            "alt_text": need(string(2000)),
            "image_url": string(3000),
            "slack_file": shape("slack_file"),
        },
        f"{SDK} ImageElement",
        one_of=(("image_url", "slack_file"),),
    ),
}

SELECTS = (
    "static_select",
    "external_select",
    "users_select",
    "conversations_select",
    "channels_select",
)
MULTI_SELECTS = tuple(f"multi_{name}" for name in SELECTS)
PICKERS = ("datepicker", "timepicker", "datetimepicker")
WRITTEN = ("plain_text_input", "number_input", "url_text_input", "email_text_input")
TICKED = ("radio_buttons", "checkboxes")

# Which elements fit where: the "compatible blocks" of each element's page in the docs. Multi-select
# menus in an actions block are (m): older pages name section and input only, so they are refused.
IN_SECTION = element(
    "button", "overflow", "image", "datepicker", "timepicker", *TICKED, *SELECTS, *MULTI_SELECTS
)
IN_ACTIONS = element("button", "overflow", *TICKED, *SELECTS, *PICKERS)
IN_INPUT = element(*WRITTEN, *TICKED, *SELECTS, *MULTI_SELECTS, *PICKERS, "file_input")
IN_CONTEXT = element("image", "plain_text", "mrkdwn")

INTERACTIVE = frozenset(ELEMENTS) - {"image"}
NOTE_ON_COMPATIBILITY = f"{DOCS} compatible blocks; multi-selects in actions {RECALLED}"
