"""What can go wrong between us and Google: each says what to do, and whether trying again may help."""

from __future__ import annotations

from collections.abc import Sequence

from screening.errors import WinnowError


class SheetError(WinnowError):
    """Base: `permanent` is true when only a person can mend it."""

    permanent = True


class CredentialsError(SheetError):
    """The service account's key is not accepted."""

    def __init__(self, account: str, reason: str) -> None:
        super().__init__(
            f"Google does not accept the key of {account}: {reason}. Create a new key for the "
            "service account in the Google Cloud console and point GOOGLE_CREDENTIALS_FILE or "
            "installation.google.credentials_file at it."
        )


class KeyFileError(SheetError):
    """The key file cannot be used at all."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(
            f"The Google key file {path} cannot be used: {reason}. Download the service account's "
            "key as JSON in the Google Cloud console."
        )


class SheetNotFoundError(SheetError):
    """No spreadsheet has this ID."""

    def __init__(self, spreadsheet: str) -> None:
        super().__init__(
            f"Google knows no spreadsheet {spreadsheet!r}. Copy its ID from its address: "
            "docs.google.com/spreadsheets/d/ID/edit."
        )


class SheetNotSharedError(SheetError):
    """The spreadsheet exists but the service account may not edit it."""

    def __init__(self, spreadsheet: str, account: str, reason: str) -> None:
        super().__init__(
            f"{account} may not use the spreadsheet {spreadsheet!r} ({reason}). Share it with that "
            "address as an editor."
        )


class ApiDisabledError(SheetError):
    """The Google Cloud project has the Sheets API switched off."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"The Google Sheets API is switched off: {reason}. Enable it in the Google Cloud "
            "console, under APIs & Services, for the service account's project."
        )


class RefusedError(SheetError):
    """Google refused a request as wrong; nothing of it was applied."""

    def __init__(self, message: str) -> None:
        super().__init__(
            f"Google refused a request: {message}. The bot looks at the sheet afresh and tries "
            "again; if this stays, please report it."
        )
        self.message = message


class OverQuotaError(SheetError):
    """Too many requests, also after waiting; nothing was applied."""

    permanent = False

    def __init__(self) -> None:
        super().__init__(
            "Google says that the service account made too many requests this minute. A running bot "
            "tries again by itself; run any other command again in a minute. Check that no other "
            "program uses the same account."
        )


class UnreachableError(SheetError):
    """No connection came about; nothing was applied."""

    permanent = False

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"Google cannot be reached ({reason}). Votes are safe in the store and are carried "
            "to the sheet as soon as it answers."
        )


class UnclearError(SheetError):
    """A request failed after it was sent: it may have been applied."""

    permanent = False

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"Google did not confirm a request ({reason}). The bot reads the sheet before it "
            "repeats anything."
        )


class UnsettledError(SheetError):
    """Columns or tabs move while we look at them or write to them."""

    permanent = False

    def __init__(self) -> None:
        super().__init__(
            "The sheet's columns or tabs were changed while the bot looked at them. Nothing was "
            "taken from the sheet; the bot looks again."
        )


class NotOwnSheetError(SheetError):
    """Base: the sheet shows something else than this store, so nothing is written to it."""


class SheetNotEmptyError(NotOwnSheetError):
    """The store knows nothing but the sheet holds a review: overwriting it would lose it."""

    def __init__(self, spreadsheet: str, rows: int) -> None:
        super().__init__(
            f"The store is empty but the spreadsheet {spreadsheet!r} holds {rows} rows of a review, "
            "so nothing was written. Run `winnow rebuild` to fill the store from the sheet, or name "
            "an empty spreadsheet in the configuration."
        )


class RenamedReviewError(NotOwnSheetError):
    """The sheet holds a review whose ID was changed in the configuration, not in the store."""

    def __init__(self, spreadsheet: str, review_id: str, unnamed: Sequence[str]) -> None:
        names = ", ".join(map(repr, unnamed))
        super().__init__(
            f"The spreadsheet {spreadsheet!r} holds a review already, and the store has no records "
            f"of {review_id!r} but some of {names}, which the configuration does not name. If the "
            "review was renamed, give it its old ID back in the configuration. Nothing was written."
        )


class NotWholeError(NotOwnSheetError):
    """The sheet holds what this store never recorded: it was lost, or is older than the sheet."""

    def __init__(self, spreadsheet: str, unknown: int, example: str, what: str = "row") -> None:
        rows = f"a {what}" if unknown == 1 else f"{unknown} {what}s"
        super().__init__(
            f"The spreadsheet {spreadsheet!r} holds {rows} that this store does not know (such as "
            f"{example}): the store is not the one that wrote it, or an older copy of that one. "
            "Nothing was written. Put back the newest store; or move this one away and run `winnow "
            "rebuild` to fill an empty store from the sheet, then import again what is missing; or "
            "name an empty spreadsheet in the configuration."
        )


class MadeUpRowError(NotOwnSheetError):
    """The hidden tab names what stands in no other tab: somebody typed it there."""

    def __init__(self, spreadsheet: str, key: str, tab: str) -> None:
        super().__init__(
            f"The hidden tab _winnow of the spreadsheet {spreadsheet!r} has a row {key!r} that this "
            f"store does not know, and the tab {tab} has none. Nothing was written. If nobody put an "
            "older copy of the store back, the row was typed by somebody: show the tab, delete that "
            "row, and Winnow goes on."
        )


class ForeignSheetError(NotOwnSheetError):
    """The sheet bears another store's mark and nothing that would show it to be this one's."""

    def __init__(self, spreadsheet: str) -> None:
        super().__init__(
            f"The spreadsheet {spreadsheet!r} was filled by another store, so nothing was written. "
            "Put that store back, or name an empty spreadsheet in the configuration."
        )


class OtherReviewError(NotOwnSheetError):
    """The spreadsheet belongs to another review."""

    def __init__(self, spreadsheet: str, found: str, expected: str) -> None:
        super().__init__(
            f"The spreadsheet {spreadsheet!r} belongs to the review {found!r}, not to {expected!r}, "
            "so nothing was written. Give each review a spreadsheet of its own or, if the review "
            f"was renamed, its old ID {found!r} back in the configuration."
        )


class StoreNotEmptyError(SheetError):
    """A rebuild would mix with what the store already holds."""

    def __init__(self, review_id: str) -> None:
        super().__init__(
            f"The store already holds records of {review_id!r}, so nothing was rebuilt. Rebuild into "
            "an empty store: move the database file away or name another one."
        )


class UnreadableSheetError(SheetError):
    """The sheet lacks what a rebuild needs."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"The sheet cannot be read back: {what}. Take an earlier version from the sheet's "
            "version history, or start from a backup of the store."
        )
