"""The bodies of the control routes of the sheet."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Row = Annotated[int, Field(ge=1, description="a row's number as shown: 1 is the first")]
Person = Annotated[str, Field(alias="as", description="a member's name, or an e-mail address")]
Role = Literal["reader", "commenter", "writer"]


class Body(BaseModel):
    """A body without unknown fields."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class Gesture(Body):
    """Something a person does. `confirm` clicks on through a warning."""

    who: Person
    confirm: bool = True


class TabGesture(Gesture):
    """Something a person does on a tab, which is named by its title."""

    tab: str


class NewSpreadsheet(Body):
    """A new spreadsheet. `team`: everybody of the workspace may edit it."""

    who: Person
    title: str = "Untitled spreadsheet"
    share_with: list[str] = []
    team: bool = True
    service_account: bool = Field(default=False, description="share it with the service account")


class Where(Body):
    """The first row whose cell in a column shows a text."""

    column: str = Field(description="the column's header, or its letters")
    equals: str


class Edit(TabGesture):
    """Type `value` into a cell: `cell` in A1 notation, or a `column` and `where` (or `row`)."""

    value: str
    cell: str | None = None
    column: str | None = None
    where: Where | None = None
    row: Row | None = None

    @model_validator(mode="after")
    def _one_place(self) -> Edit:
        by_column = self.column is not None and (self.where is None) != (self.row is None)
        by_cell = self.cell is not None and not (self.column or self.where or self.row)
        if by_column == by_cell:
            raise ValueError("give either `cell`, or `column` with `where` or `row`")
        return self


class Paste(TabGesture):
    """Paste a block at a cell, as if typed."""

    cell: str
    values: list[list[str]]


class ClearRange(Gesture):
    """Empty a range."""

    range: str


class Note(TabGesture):
    """A note or a comment on a cell."""

    cell: str
    text: str


class Sort(TabGesture):
    """Sort the sheet by a column, below the frozen rows."""

    column: str
    descending: bool = False


class Filter(TabGesture):
    """Hide rows by what a column shows."""

    column: str
    hidden_values: list[str] = []
    condition: dict[str, Any] | None = Field(default=None, description="a `BooleanCondition`")


class Rows(TabGesture):
    """Some rows: `row` and `count`, or the one that `where` finds."""

    row: Row | None = None
    where: Where | None = None
    count: Annotated[int, Field(ge=1)] = 1

    @model_validator(mode="after")
    def _one_place(self) -> Rows:
        if (self.row is None) == (self.where is None):
            raise ValueError("give either `row` or `where`")
        return self


class MoveRows(Rows):
    """Drag rows to before another one, counted before the move."""

    before: Row


class Columns(TabGesture):
    """Some columns, from the one with a header (or letters) on."""

    column: str
    count: Annotated[int, Field(ge=1)] = 1


class InsertColumns(Columns):
    """Insert columns before one; `headers` are typed into the new ones."""

    headers: list[str] = []


class MoveColumns(Columns):
    """Drag columns to before another one; null drags them to the end."""

    before: str | None


class RenameColumn(TabGesture):
    """Type another name into a header cell."""

    column: str
    name: str


class NewTab(Gesture):
    """A new tab."""

    title: str | None = None


class ChangeTab(TabGesture):
    """Rename, hide, show, move or freeze a tab."""

    title: str | None = None
    hidden: bool | None = None
    index: Annotated[int, Field(ge=0)] | None = None
    frozen_rows: Annotated[int, Field(ge=0)] | None = None
    frozen_columns: Annotated[int, Field(ge=0)] | None = None


class Named(Body):
    """A name for the present version."""

    name: str | None = None


class Restore(Gesture):
    """Restore a version, by number or name."""

    version: int | str


class Titled(Gesture):
    """A title, or none."""

    title: str | None = None


class Share(Gesture):
    """Let someone in: a member, an address, `service_account`, `team` or `anyone`."""

    with_: str = Field(alias="with")
    role: Role = "writer"


class Unshare(Gesture):
    """Shut someone out."""

    with_: str = Field(alias="with")


class QuotaLimits(Body):
    """Requests a minute."""

    reads_per_user: Annotated[int, Field(ge=0)] = 60
    writes_per_user: Annotated[int, Field(ge=0)] = 60
    reads_per_project: Annotated[int, Field(ge=0)] = 300
    writes_per_project: Annotated[int, Field(ge=0)] = 300


class QuotaView(QuotaLimits):
    """The limits, and what the service account took within the last minute."""

    reads_used: int
    writes_used: int


class SpreadsheetView(BaseModel):
    """A spreadsheet as a file."""

    id: str
    title: str
    owner: str
    version: int
    modified: str
    modified_by: str
    url: str
    tabs: list[str]


class TabOut(BaseModel):
    """A tab."""

    title: str
    sheet_id: int
    index: int
    hidden: bool
    rows: int
    columns: int
    filled_rows: int
    frozen_rows: int


class Shown(BaseModel):
    """What a cell shows after an edit."""

    text: str


class Written(BaseModel):
    """The range that was written, in A1 notation."""

    range: str


class Values(BaseModel):
    """Cells of a range as they show, by rows; empty ends are left out."""

    range: str
    values: list[list[str | int | float | bool]]


class Records(BaseModel):
    """The rows below the header, each as `{header: text}`, with its row number."""

    header: list[str]
    rows: list[dict[str, str]]
    row_numbers: list[int]


class VersionView(BaseModel):
    """An earlier version."""

    number: int
    name: str | None
    at: str
    by: str


class PermissionView(BaseModel):
    """Who may do what."""

    who: str
    role: str


class Account(BaseModel):
    """The service account: share spreadsheets with `email`."""

    email: str
    key_file: str
    key: dict[str, str]


class Done(BaseModel):
    """It is done."""

    done: bool = True


class Name(BaseModel):
    """The title of what was made."""

    title: str
