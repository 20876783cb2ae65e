"""Describes each tagged plain-text format as data for the one tokeniser that reads them all."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from screening.reading import slots
from screening.reading.slots import FieldTable
from screening.reading.words import words


@dataclass(frozen=True, slots=True)
class TaggedDialect:
    """How one tagged format writes its lines.

    `tag` matches a tag line the way the format writes it (groups: tag, value); `loose` the ways
    it is also met, and counts for tags in `known` only. A tag in `starts` begins a record, one in
    `ends` ends it. `separator` is a line without a tag that begins a record. A tag in `again`
    begins a record when the open one has it already; one in `restart` only after a blank line.
    `late_start` says that a start mark may also stand further down in its record.
    `begins` are tags that only a record has, so that a record without its start mark is not taken
    for trailing text. `indent` is the white space that continued lines carry. `noise` matches
    lines between records that say nothing. The first of `marks` that a file holds is what is counted
    apart from the reading. `bare_end` is an end without its dash.
    """

    name: str
    mark_name: str
    tag: re.Pattern[str]
    marks: tuple[re.Pattern[str], ...]
    table: FieldTable
    starts: frozenset[str] = frozenset()
    ends: frozenset[str] = frozenset()
    must_end: bool = False
    separator: re.Pattern[str] | None = None
    again: frozenset[str] = frozenset()
    restart: frozenset[str] = frozenset()
    begins: frozenset[str] = frozenset()
    loose: re.Pattern[str] | None = None
    known: frozenset[str] = frozenset()
    late_start: bool = False
    bare_end: re.Pattern[str] | None = None
    indent: str = ""
    noise: re.Pattern[str] | None = None
    file_tags: frozenset[str] = field(default_factory=frozenset)


_RIS_KNOWN = frozenset(
    words(
        "A1 A2 A3 A4 AB AD AI AN AR AU AV BT C1 C2 C3 C4 C5 C6 C7 C8 CA CL CN CP CT CY DA DB DE DI "
        "DO DP ED EP ER ET ID IP IS J1 J2 JA JF JO JT KW L1 L2 L3 L4 LA LB LK M1 M2 M3 N1 N2 NL NV "
        "OP PA PB PM PP PT PY RI RN RP SE SN SO SP ST SV T1 T2 T3 TA TI TT TY U1 U2 U3 U4 U5 UR US "
        "UT VL VO XT Y1 Y2 YR DOI PMID ISSN ISBN URL"
    )
)
_BETWEEN = re.compile(
    r"^\s*(?:\d{1,7}\.|<\d+>|\[?Record \d+(?: of \d+)?\]?|Link to the (?:Ovid|External).*"
    r"|Provider:.*|Database:.*|Content:\s*(?:text|application)/.*|-{3,}|={3,}|_{3,}|\*{3,}"
    r"|Search Name:.*|Date Run:.*|Comment:.*|Last Saved:.*)\s*$",
    re.IGNORECASE,
)

RIS = TaggedDialect(
    name="ris",
    mark_name="TY",
    tag=re.compile(r"([A-Z][A-Z0-9])  -(?: (.*)|\s*$)"),
    loose=re.compile(
        r"\s{0,3}([A-Za-z][A-Za-z0-9]|DOI|PMID|ISSN|ISBN|URL)"
        r"(?:\s{0,4}[-\u2013\u2014](?:\s(.*)|\s*()$)|\s{1,4}[-\u2013\u2014](\S.*)"
        r"|(?: {2,4}|\t+)(\S.*))$"
    ),
    known=_RIS_KNOWN,
    bare_end=re.compile(r"^\s{0,3}ER\s*$", re.IGNORECASE),
    marks=(re.compile(r"(?m)^[ \t]{0,3}[Tt][Yy](?:[ \t]{0,4}[-\u2013\u2014]|(?: {2,4}|\t)\S)"),),
    table=slots.RIS,
    starts=frozenset({"TY"}),
    ends=frozenset({"ER"}),
    must_end=True,
    restart=frozenset({"TI", "T1"}),
    begins=frozenset(words("TI T1 AU A1 AB N2 CT BT JF JO T2 PY Y1 DO")),
    noise=_BETWEEN,
)

NBIB = TaggedDialect(
    name="nbib",
    mark_name="PMID",
    tag=re.compile(r"([A-Z][A-Z0-9]{1,4}) *-(?: (.*)|\s*$)"),
    loose=re.compile(r"(PMID|OWN|STAT|TI|FAU|AU|AB|DP|JT|TA|SO)\s*-\s*(.*)$"),
    known=frozenset(words("PMID OWN STAT TI FAU AU AB DP JT TA SO")),
    marks=(
        re.compile(r"(?m)^(?:PMID *-|OWN *- *ERIC)"),
        re.compile(r"(?m)^<\d+>[ \t]*$"),
        re.compile(r"(?m)^UI *-"),
        re.compile(r"(?m)^OWN *-"),
        re.compile(r"(?m)^TI *-"),
    ),
    table=slots.NBIB,
    starts=frozenset({"PMID"}),
    separator=re.compile(r"^<\d+>\s*$"),
    again=frozenset({"OWN", "UI"}),
    restart=frozenset(words("OWN STAT UI TI AN DP JT VI IP SO")),
    indent="      ",
    noise=_BETWEEN,
)

ENW = TaggedDialect(
    name="enw",
    mark_name="%0",
    tag=re.compile(r"(%[0-9A-Za-z@!#$&()*+,^>?<=~\[\]|;:])(?:[ \t](.*)|\s*$)"),
    marks=(re.compile(r"(?m)^%0(?:[ \t]|$)"), re.compile(r"(?m)^%T[ \t]")),
    table=slots.ENW,
    starts=frozenset({"%0"}),
    restart=frozenset({"%T", "%A", "%D", "%J"}),
    late_start=True,
)

CIW = TaggedDialect(
    name="ciw",
    mark_name="PT",
    tag=re.compile(r"([A-Z][A-Z0-9])(?: (.*)|\s*$)"),
    marks=(re.compile(r"(?m)^PT [A-Z][ \t]*$"), re.compile(r"(?m)^PT(?:[ \t]|$)")),
    table=slots.CIW,
    starts=frozenset({"PT"}),
    ends=frozenset({"ER"}),
    must_end=True,
    begins=frozenset(words("TI AU SO AB UT")),
    indent="   ",
    file_tags=frozenset({"FN", "VR", "EF"}),
)

COCHRANE = TaggedDialect(
    name="cochrane",
    mark_name="Record #",
    tag=re.compile(r"([A-Z]{2,3}): ?(.*)"),
    marks=(re.compile(r"(?m)^\s*Record #\d+ of \d+"), re.compile(r"(?m)^ID: ")),
    table=slots.COCHRANE,
    starts=frozenset({"ID"}),
    separator=re.compile(r"^\s*Record #\d+ of \d+\s*$"),
    begins=frozenset({"TI", "AU"}),
    noise=_BETWEEN,
)

OVID = TaggedDialect(
    name="ovid",
    mark_name="<n>",
    # Every value is indented, so that a short line that is not is a label, known or not.
    tag=re.compile(r"([A-Z][A-Za-z0-9 /&().,'-]{0,58}[A-Za-z0-9)])\s*()$"),
    marks=(re.compile(r"(?m)^<\d+>[ \t]*$"),),
    table=slots.OVID,
    separator=re.compile(r"^<\d+>\s*$"),
    again=frozenset({"Unique Identifier", "UI"}),
    indent="  ",
    noise=_BETWEEN,
)

REFWORKS = TaggedDialect(
    name="refworks",
    mark_name="RT",
    tag=re.compile(r"([A-Z][A-Z0-9]) (.*)"),
    marks=(re.compile(r"(?m)^RT [A-Z]"),),
    table=slots.REFWORKS,
    starts=frozenset({"RT"}),
    restart=frozenset({"T1"}),
    noise=_BETWEEN,
)

DIALECTS = {dialect.name: dialect for dialect in (RIS, NBIB, ENW, CIW, COCHRANE, OVID, REFWORKS)}
