"""PRISMA 2020 counts: derived from the log, keyed as the PRISMA2020 template, identities checked.

Source of boxes, keys and identities: Page et al. 2021 (BMJ 372:n71) and the PRISMA2020 package's
PRISMA.csv. A record stands in the column of the source that brought it, whatever is merged into it:
what a source brought, less what was removed of it, is what its column goes on with. While a review
is under way some records have no decision yet; they are reported as "awaiting" and stand in the
identities, so that the numbers add up on every day of the review.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from screening.review import PreviousStudies
from screening.sources import SourceKind
from screening.stages import Stage
from screening.views import FlowFigures, StageFigures

KIND_KEYS = {
    SourceKind.DATABASE: "database_results",
    SourceKind.REGISTER: "register_results",
    SourceKind.WEBSITE: "website_results",
    SourceKind.ORGANISATION: "organisation_results",
    SourceKind.CITATIONS: "citations_results",
}


IDS_SAID = 20
"""Record IDs in the sentence of an identity that fails."""


@dataclass(frozen=True, slots=True)
class Identity:
    """An equation between counts: the sum of `left` less `minus` equals the sum of `right`.

    Keys are counts of the report; `difference` is left − right; `record_ids` names the records
    that one side counts and the other does not, as far as records stand behind the counts.
    """

    name: str
    left: tuple[str, ...]
    minus: tuple[str, ...]
    right: tuple[str, ...]
    difference: int = 0
    record_ids: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether both sides are equal."""
        return self.difference == 0

    def sentence(self) -> str:
        """Say the failure to a person, record IDs included."""
        left = " + ".join(self.left) + "".join(f" − {key}" for key in self.minus)
        ids = ", ".join(self.record_ids[:IDS_SAID])
        if (more := len(self.record_ids) - IDS_SAID) > 0:
            ids += f" and {more:,} more"
        ids = ids or "no single record explains it"
        return f"{self.name}: {left} ≠ {' + '.join(self.right)} (by {self.difference:+,d}; {ids})"


IDENTITIES = (
    Identity(
        "identified, less removed before screening, are screened or awaited",
        ("database_results", "register_results"),
        ("duplicates", "excluded_automatic", "excluded_other"),
        ("records_screened", "awaiting_title_abstract"),
    ),
    Identity(
        "screened, less excluded, are sought for retrieval",
        ("records_screened",),
        ("records_excluded",),
        ("dbr_sought_reports",),
    ),
    Identity(
        "sought, less not retrieved, are assessed or awaited",
        ("dbr_sought_reports",),
        ("dbr_notretrieved_reports",),
        ("dbr_assessed", "awaiting_full_text"),
    ),
    Identity(
        "assessed, less excluded, are included (databases and registers)",
        ("dbr_assessed",),
        ("dbr_excluded",),
        ("dbr_included",),
    ),
    Identity(
        "other methods: identified, less duplicates, are sought",
        ("website_results", "organisation_results", "citations_results"),
        ("other_duplicates",),
        ("other_sought_reports",),
    ),
    Identity(
        "other methods: sought, less not retrieved, are assessed or awaited",
        ("other_sought_reports",),
        ("other_notretrieved_reports",),
        ("other_assessed", "other_awaiting_full_text"),
    ),
    Identity(
        "other methods: assessed, less excluded, are included",
        ("other_assessed",),
        ("other_excluded",),
        ("other_included",),
    ),
    Identity(
        "included from both columns are the new reports",
        ("dbr_included", "other_included"),
        (),
        ("new_reports",),
    ),
    Identity(
        "previous and new studies are the total",
        ("previous_studies", "new_studies"),
        (),
        ("total_studies",),
    ),
)


@dataclass(frozen=True, slots=True)
class PrismaReport:
    """The counts of one review at one moment.

    `counts` has every key of the template and the "awaiting" ones; `specific` the number by name
    for the keys that list names (`database_specific_results`, `register_specific_results`);
    `reasons` exclusions by reason for `dbr_excluded` and `other_excluded`; `warnings` what is odd
    but possible (reports fewer than studies).
    """

    review_id: str
    counts: Mapping[str, int]
    specific: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    reasons: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    identities: tuple[Identity, ...] = ()
    warnings: tuple[str, ...] = ()
    has_previous: bool = False

    @property
    def failed(self) -> tuple[Identity, ...]:
        """The identities that do not hold."""
        return tuple(i for i in self.identities if not i.holds)

    @property
    def has_other_methods(self) -> bool:
        """Whether the variant with the right-hand column is the one to draw."""
        keys = ("website_results", "organisation_results", "citations_results")
        return any(self.counts[key] for key in keys)

    def text_of(self, key: str) -> str:
        """Return a template cell: a number, or "Name, n; Name, n" where names are listed."""
        listed = self.specific.get(key) or self.reasons.get(key)
        if listed:
            return "; ".join(f"{name}, {n}" for name, n in listed)
        return str(self.counts.get(key, 0))


def prisma_report(
    review_id: str,
    flow: FlowFigures,
    previous: PreviousStudies | None = None,
    records_behind: Callable[[str], Iterable[str]] | None = None,
) -> PrismaReport:
    """Derive the counts from the log's figures and check every identity.

    `records_behind(key)` is asked only for identities that fail, to name the records.
    """
    counts = _identification(flow)
    counts |= _stage_counts(flow)
    counts["previous_studies"] = previous.studies if previous else 0
    counts["previous_reports"] = previous.reports if previous else 0
    counts["new_reports"] = _included(flow, False) + _included(flow, True)
    counts["new_studies"] = counts["new_reports"]
    counts["total_studies"] = counts["previous_studies"] + counts["new_studies"]
    counts["total_reports"] = counts["previous_reports"] + counts["new_reports"]
    report_warnings = []
    if counts["total_reports"] < counts["total_studies"]:
        report_warnings.append(
            f"There are fewer reports ({counts['total_reports']}) than studies "
            f"({counts['total_studies']}): check the counts of the previous review."
        )
    return PrismaReport(
        review_id,
        counts,
        _specific(flow),
        _reasons(flow),
        tuple(_checked(identity, counts, records_behind) for identity in IDENTITIES),
        tuple(report_warnings),
        previous is not None,
    )


def _identification(flow: FlowFigures) -> dict[str, int]:
    counts = dict.fromkeys(KIND_KEYS.values(), 0)
    counts |= {"duplicates": 0, "other_duplicates": 0, "excluded_automatic": 0, "excluded_other": 0}
    for (kind, _), n in flow.identified.items():
        counts[KIND_KEYS[SourceKind(kind)]] += n
    for (kind, _), n in flow.duplicates.items():
        other = SourceKind(kind).is_other_method
        counts["other_duplicates" if other else "duplicates"] += n
    return counts


def _figures(flow: FlowFigures, stage: Stage, other: bool) -> StageFigures:
    return flow.stages.get((stage, other), StageFigures(stage))


def _included(flow: FlowFigures, other: bool) -> int:
    return _figures(flow, Stage.FULL_TEXT, other).included


def _stage_counts(flow: FlowFigures) -> dict[str, int]:
    screened = _figures(flow, Stage.TITLE_ABSTRACT, False)
    # A record of another method never has a title/abstract decision; if one does, it is counted
    # in neither column and the identity that fails names it.
    left, right = _figures(flow, Stage.FULL_TEXT, False), _figures(flow, Stage.FULL_TEXT, True)
    return {
        "records_screened": screened.included + screened.excluded,
        "records_excluded": screened.excluded,
        "awaiting_title_abstract": screened.pending + screened.conflict,
        "dbr_sought_reports": left.entered,
        "dbr_notretrieved_reports": left.not_retrieved,
        "dbr_assessed": left.included + left.excluded,
        "dbr_excluded": left.excluded,
        "dbr_included": left.included,
        "awaiting_full_text": left.pending + left.conflict,
        "other_sought_reports": right.entered,
        "other_notretrieved_reports": right.not_retrieved,
        "other_assessed": right.included + right.excluded,
        "other_excluded": right.excluded,
        "other_included": right.included,
        "other_awaiting_full_text": right.pending + right.conflict,
    }


def _specific(flow: FlowFigures) -> dict[str, tuple[tuple[str, int], ...]]:
    named: dict[str, Counter[str]] = {}
    keys = {
        SourceKind.DATABASE: "database_specific_results",
        SourceKind.REGISTER: "register_specific_results",
    }
    for (kind, name), n in flow.identified.items():
        key = keys.get(SourceKind(kind))
        if key is not None:
            named.setdefault(key, Counter())[name] += n
    return {key: tuple(counter.most_common()) for key, counter in named.items()}


def _reasons(flow: FlowFigures) -> dict[str, tuple[tuple[str, int], ...]]:
    listed: dict[str, list[tuple[str, int]]] = {}
    for (other, reason), n in flow.reasons.items():
        key = "other_excluded" if other else "dbr_excluded"
        listed.setdefault(key, []).append((reason or "No reason recorded", n))
    return {k: tuple(sorted(v, key=lambda item: (-item[1], item[0]))) for k, v in listed.items()}


def _checked(
    identity: Identity,
    counts: Mapping[str, int],
    records_behind: Callable[[str], Iterable[str]] | None,
) -> Identity:
    def total(keys: Sequence[str]) -> int:
        return sum(counts[key] for key in keys)

    difference = total(identity.left) - total(identity.minus) - total(identity.right)
    ids: tuple[str, ...] = ()
    if difference and records_behind is not None:
        tally: Counter[str] = Counter()
        for sign, keys in ((1, identity.left), (-1, identity.minus), (-1, identity.right)):
            for key in keys:
                for record_id in records_behind(key):
                    tally[record_id] += sign
        ids = tuple(sorted(r for r, n in tally.items() if n))
    return Identity(identity.name, identity.left, identity.minus, identity.right, difference, ids)
