"""Faults that a person can act on: each class writes its own sentence, value and remedy included."""

from __future__ import annotations

from collections.abc import Iterable


class WinnowError(Exception):
    """Base of every fault that is told to a person as it stands."""


class UnreadableFileError(WinnowError):
    """A file that no reader can make sense of; nothing of it was recorded."""

    def __init__(self, name: str, reason: str, remedy: str) -> None:
        super().__init__(f"{name} cannot be read: {reason}. {remedy}")
        self.name = name
        self.reason = reason
        self.remedy = remedy


class UnknownMemberError(WinnowError):
    """Somebody acts in a review whose team does not name them."""

    def __init__(self, member_id: str, review: str, leads: str) -> None:
        super().__init__(
            f"You are not on the team of “{review}”. Ask {leads} to add you, "
            f"and give them your member ID: {member_id}."
        )
        self.member_id = member_id


class NotAllowedError(WinnowError):
    """A member's role does not allow the gesture.

    It is told to the member themselves; `about` says the same to somebody who acts in their name.
    `ask` names who may change it, "" where `who_may` already does.
    """

    def __init__(self, name: str, role: str, gesture: str, who_may: str, ask: str = "") -> None:
        said = f"{role} in this review and cannot {gesture}; {who_may} can."
        super().__init__(f"You are {said}" + (f" Ask {ask} if that should change." if ask else ""))
        self.about = f"{name} is {said}"


class NotYourCardError(WinnowError):
    """A click on a card that was handed to somebody else."""

    def __init__(self) -> None:
        super().__init__(
            "This card was handed to a colleague, so your click was not recorded. "
            "Use /winnow next for cards of your own."
        )


class UnknownCardError(WinnowError):
    """A click on a card of which nothing is known, such as one from before a rebuild."""

    def __init__(self) -> None:
        super().__init__(
            "This card is too old to be known here, so your click was not recorded. "
            "Use /winnow next for a fresh one."
        )


class NoteTooLateError(WinnowError):
    """A note that no vote would take along."""

    def __init__(self, why: str, remedy: str = "") -> None:
        super().__init__(f"{why}, so this note cannot be kept. {remedy}".strip())


class GoneError(WinnowError):
    """A click on something that no longer is what the button says."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(f"{what}, so your click was not recorded. {remedy}")


class SameVoteError(WinnowError):
    """A change of a vote to what it is already; `vote` is it in words."""

    def __init__(self, vote: str) -> None:
        super().__init__(f"Your vote is “{vote}” already, so nothing was changed.")


class GarbledError(WinnowError, ValueError):
    """A gesture that carries something which no button or form of ours carries."""

    def __init__(self) -> None:
        super().__init__(
            "I cannot read what this button or form sent, so nothing was recorded. "
            "Use /winnow next for a fresh card."
        )


class NothingToUndoError(WinnowError):
    """Undo after the vote has settled, or before any vote."""

    def __init__(self, why: str) -> None:
        super().__init__(f"There is nothing to undo: {why}")


class UnknownThingError(WinnowError):
    """A name or an ID that this review does not have."""

    def __init__(self, kind: str, value: str, remedy: str) -> None:
        super().__init__(f"There is no {kind} {value!r} in this review. {remedy}")
        self.value = value


class UnknownReviewError(WinnowError):
    """A review that the configuration does not name."""

    def __init__(self, review_id: str, known: Iterable[str]) -> None:
        super().__init__(
            f"There is no review {review_id!r}. The configuration names: {', '.join(known)}."
        )


class InvalidValueError(WinnowError):
    """A value that cannot be taken as it is."""

    def __init__(self, name: str, value: str, remedy: str) -> None:
        fault = f"{value!r} cannot be used" if value.strip() else "is missing"
        super().__init__(f"{name} {fault}. {remedy}")
        self.value = value


class ReasonMissingError(WinnowError):
    """An exclusion at full text without its reason; `how` says how one is given where it was made."""

    def __init__(self, reasons: Iterable[str], how: str = "") -> None:
        self.reasons = tuple(reasons)
        choose = f"Choose one of: {'; '.join(self.reasons)}." if self.reasons else ""
        told = ("An exclusion at full text needs a reason, so nothing was recorded.", choose, how)
        super().__init__(" ".join(part for part in told if part))


class StoreFaultError(WinnowError):
    """The database cannot be used at this moment; nothing was recorded, and it may recover."""


class StoreBusyError(StoreFaultError):
    """The database did not answer in time; nothing was recorded."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"The database did not answer within {seconds:g} s, so nothing was recorded. "
            "Please try again in a moment."
        )


class StoreFullError(StoreFaultError):
    """There is no room on the database's disk."""

    def __init__(self) -> None:
        super().__init__(
            "The database's disk is full, so nothing was recorded. Whoever runs Winnow has to make "
            "room; Winnow then continues by itself."
        )


class StoreReadOnlyError(StoreFaultError):
    """The database can be read, not written."""

    def __init__(self) -> None:
        super().__init__(
            "The database is read-only, so nothing was recorded. Whoever runs Winnow has to allow "
            "writing to it (to the file and its folder); Winnow then continues by itself."
        )


class StoreDamagedError(StoreFaultError):
    """The database's file is not what was written to it."""

    def __init__(self) -> None:
        super().__init__(
            "The database is damaged, so nothing was recorded. Whoever runs Winnow has to move the "
            "damaged file aside, keep it, and put the newest backup in its place."
        )


class StoreDiskError(StoreFaultError):
    """The disk or the system failed while the database was read or written."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"The database's disk reports an error ({reason}), so nothing was recorded. Whoever "
            "runs Winnow has to look at the disk; Winnow continues by itself once it works."
        )


class StoreGoneError(StoreFaultError):
    """The database's server, or its file, cannot be reached any more."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"The database cannot be reached ({reason}), so nothing was recorded. Please try again "
            "in a moment; Winnow continues by itself once the database is back."
        )
