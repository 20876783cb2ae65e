"""What is one publication and what is not: every trap, as two small records and a verdict."""

from __future__ import annotations

from dataclasses import replace

import pytest

from screening.duplicates import Linking, clusters, find_duplicates
from screening.records import Record

TRIAL = Record(
    title="Peer mentoring for burnout in medical residents: a randomized controlled trial",
    authors=("Müller, Anna Maria", "van der Berg, Jan", "O'Connor, Sarah", "Zhang, Wei"),
    year=2015,
    journal="Journal of Graduate Medical Education",
    volume="7",
    number="3",
    pages="435-442",
    doi="10.4300/jgme-d-14-00001.1",
    abstract="Background: Burnout is common among residents. " * 8,
)
SUPPLEMENT = "10.1016/s0735-1097(15)60001-2"


def verdict(a: Record, b: Record) -> str:
    """Give "certain", "possible" or "none" for two records, whichever comes first."""
    found = {_verdict(a, b), _verdict(b, a)}
    assert len(found) == 1
    return found.pop()


def _verdict(a: Record, b: Record) -> str:
    links = find_duplicates([("a", a), ("b", b)]).links
    assert len(links) <= 1
    return links[0].certainty if links else "none"


def but(**changes: object) -> Record:
    return replace(TRIAL, **changes)  # type: ignore[arg-type]


BARE = but(doi="", abstract="")

THE_SAME = {
    "every field": but(),
    "capitals": but(title=TRIAL.title.upper()),
    "punctuation": but(title=TRIAL.title.replace(":", " -") + "."),
    "British spelling": but(title=TRIAL.title.replace("randomized", "randomised"), doi=""),
    "a mistyped word": but(title=TRIAL.title.replace("mentoring", "mentorign"), doi=""),
    "words joined": but(title=TRIAL.title.replace("Peer mentoring", "Peermentoring"), doi=""),
    "markup": but(title=TRIAL.title.replace("Peer", "<i>Peer</i>"), doi=""),
    "an entity": but(journal="Journal of Graduate Medical&#x20;Education", doi=""),
    "a bracketed title": but(title=f"[{TRIAL.title}]", doi=""),
    "a note of the database": but(title=f"{TRIAL.title}. [Review] [57 refs]", doi=""),
    "an erratum noted": but(title=f"{TRIAL.title}.[Erratum appears in J Grad. 2016 Jan]", doi=""),
    "a language note": but(title=f"[{TRIAL.title}] LA: Ger", doi=""),
    "no subtitle": but(title="Peer mentoring for burnout in medical residents", doi=""),
    "a retracted article": but(title=f"RETRACTED: {TRIAL.title}"),
    "authors joined by and": but(authors=(" and ".join(TRIAL.authors),), doi=""),
    "authors joined by semicolons": but(authors=("; ".join(TRIAL.authors),), doi=""),
    "initials": but(authors=("Müller AM", "van der Berg J", "O'Connor S", "Zhang W"), doi=""),
    "no diacritics": but(authors=("Muller, A. M.", "Berg, J.", "OConnor, S.", "Zhang, W."), doi=""),
    "umlauts spelled out": but(authors=("Mueller, Anna", *TRIAL.authors[1:]), doi=""),
    "a lost letter": but(authors=("M?ller, A.", *TRIAL.authors[1:]), doi=""),
    "et al": but(authors=TRIAL.authors[:1], doi=""),
    "no authors": but(authors=(), doi=""),
    "a group instead of authors": but(authors=("Peer Mentoring Study Group",), doi=""),
    "an abbreviated journal": but(journal="J Grad Med Educ", doi=""),
    "an ampersand and a place": but(journal="Journal of Graduate Medical Education (Chicago, Ill.)", doi=""),
    "a parallel journal title": but(journal="Revista de educacion = Journal of Graduate Medical Education", doi=""),
    "short pages": but(pages="435-42", doi=""),
    "double dash": but(pages="435--442", doi=""),
    "another hyphen": but(pages="435‐442", doi=""),
    "first page": but(pages="435", doi=""),
    "discussed pages": but(pages="435-42; discussion 443", doi=""),
    "no pages": but(pages="", doi=""),
    "no volume": but(volume="", number="", doi=""),
    "no journal": but(journal="", doi=""),
    "a part in the volume": but(volume="7 (Pt 1)", doi=""),
    "online a year before": but(year=2014),
    "in print a year after, no DOI": but(year=2014, doi=""),
    "a wrong year, all else right": but(year=2005, doi=""),
    "a resolver": but(doi="https://doi.org/10.4300/JGME-D-14-00001.1", pages=""),
    "a second DOI of the same place": but(doi="10.2307/2511887"),
    "no DOI, no abstract": BARE,
    "another abstract of a database": but(abstract="Objectives were met by 12 of 20. " * 20, doi=""),
}  # fmt: skip

NOT_THE_SAME = {
    "another part": but(title="Peer mentoring in residents. Part II", doi="", pages="443-450"),
    "another year of a survey": but(title="Burnout among medical residents in 2016", pages="12-19", doi=""),
    "an erratum": but(title=f"Erratum: {TRIAL.title}", pages="650", doi="10.4300/jgme-d-15-00900.1", abstract=""),
    "a correction by its place": but(title=f"{TRIAL.title} (vol 7, pg 435, 2015)", pages="650", doi=""),
    "a reply": but(title=f"Reply to: {TRIAL.title}", pages="651", doi=""),
    "a comment": but(title=f"Comment on: {TRIAL.title}", authors=("Smith, J",), pages="652", doi=""),
    "a retraction notice": but(title=f"Retraction notice to: {TRIAL.title}", pages="1", doi=""),
    "volume, issue and pages differ": but(volume="9", number="1", pages="12-19", doi="", abstract=""),
    "other authors": but(authors=("Smith, J", "Jones, K", "Brown, L"), doi="", pages="12-15"),
    "with and without": but(title=TRIAL.title.replace("for burnout", "without burnout"), doi="", pages="1-9"),
    "women, not medical": but(title=TRIAL.title.replace("medical", "women"), pages="12-20", doi=""),
    "an abstract beside it in a supplement": but(
        title="Simulation training for ward rounds", doi=TRIAL.doi, pages="S12", abstract="",
    ),
    "another journal and place": but(
        journal="Academic Medicine", volume="90", number="11", pages="S12", doi="", abstract="",
    ),
}  # fmt: skip


@pytest.mark.parametrize("other", THE_SAME.values(), ids=THE_SAME.keys())
def test_the_same_article_is_certain(other: Record) -> None:
    assert verdict(TRIAL, other) == "certain"


@pytest.mark.parametrize("other", NOT_THE_SAME.values(), ids=NOT_THE_SAME.keys())
def test_another_publication_is_never_certain(other: Record) -> None:
    first = TRIAL
    if "another part" in str(other.title) or "Part II" in other.title:
        first = but(title="Peer mentoring in residents. Part I", doi="")
    if "2016" in other.title:
        first = but(title="Burnout among medical residents in 2015", doi="")
    assert verdict(first, other) != "certain"


def test_a_preprint_and_its_article_are_asked() -> None:
    preprint = but(
        journal="medRxiv", volume="", number="", pages="", doi="10.1101/2015.03.01.15000123"
    )
    assert verdict(TRIAL, preprint) == "possible"


def test_versions_of_a_preprint_are_one() -> None:
    first = but(
        journal="medRxiv", volume="", number="", pages="", doi="10.1101/2015.03.01.15000123v1"
    )
    assert verdict(first, replace(first, doi="10.1101/2015.03.01.15000123v2")) == "certain"


def test_a_thesis_and_an_article_are_not_merged() -> None:
    assert (
        verdict(but(doi=""), but(journal="", volume="", pages="", doi="", entry_type="phdthesis"))
        != "certain"
    )


@pytest.mark.parametrize(
    "title", ["Editorial", "Editor's comments", "Letter to the editor", "Reply", "In this issue"]
)
@pytest.mark.parametrize(
    "changes",
    [{"pages": "3-4", "number": "2"}, {"pages": "", "number": "2"}, {"pages": "7-8", "number": ""}],
)
def test_a_series_with_one_title_is_kept_apart(title: str, changes: dict[str, str]) -> None:
    first = but(title=title, authors=("Lee, A",), pages="1-2", number="1", doi="", abstract="")
    assert verdict(first, replace(first, **changes)) == "none"


def test_one_editorial_from_two_databases_is_certain() -> None:
    first = but(title="Editorial", authors=("Lee, A",), pages="301-302", abstract="")
    assert verdict(first, replace(first, authors=("Lee A",), pages="301-2", doi="")) == "certain"


def test_many_abstracts_under_one_supplement_doi_stay_apart() -> None:
    titles = (
        "Statins and stroke in older adults", "Apixaban after surgery", "Heart failure in rural areas",
        "Sleep apnoea and atrial fibrillation", "Exercise after infarction",
    )  # fmt: skip
    records = [
        (
            str(i),
            but(
                title=title, doi=SUPPLEMENT, pages=f"A{i}", authors=(f"Author{i}, A",), abstract=""
            ),
        )
        for i, title in enumerate(titles)
    ]
    assert find_duplicates(records).links == ()


def test_equal_pages_in_another_volume_are_another_article() -> None:
    other = but(
        title="Peer mentoring for burnout in surgical residents", volume="8", year=2016, doi=""
    )
    assert verdict(but(doi="", abstract=""), replace(other, abstract="")) != "certain"


def test_a_translated_title_on_the_same_pages_is_certain() -> None:
    original = but(
        title="Estudio multicéntrico sobre las infecciones por Staphylococcus aureus",
        doi="",
        abstract="",
    )
    english = but(
        title="[Staphylococcus aureus infections in children: multicenter trial]",
        doi="",
        abstract="",
    )
    assert verdict(original, english) == "certain"


def test_one_author_on_equal_pages_of_two_issues_wrote_two_papers() -> None:
    first = but(
        authors=("Lemke, R",),
        title="Services mediated by labour platforms",
        pages="66-71",
        doi="",
        number="1",
    )
    other = replace(first, title="Big data in managing employees", number="2")
    assert verdict(replace(first, abstract=""), replace(other, abstract="")) == "none"


def test_a_page_and_an_article_number_do_not_contradict() -> None:
    assert (
        verdict(but(doi="", pages="a1754", number=""), but(doi="", pages="969-972", number=""))
        == "certain"
    )


def test_title_and_abstract_alone_suffice_when_both_agree() -> None:
    first = Record(title=TRIAL.title, abstract=TRIAL.abstract)
    assert verdict(first, replace(first, title=TRIAL.title.lower())) == "certain"


def test_a_generic_title_alone_says_nothing() -> None:
    assert verdict(Record(title="Editorial"), Record(title="Editorial")) == "none"
    assert verdict(Record(), Record()) == "none"


def test_same_pmid_is_certain_and_another_is_not_without_the_place() -> None:
    bare = Record(title=TRIAL.title, authors=TRIAL.authors, year=2015, pmid="26457139")
    assert verdict(bare, replace(bare, title=TRIAL.title.upper(), authors=())) == "certain"
    assert verdict(bare, replace(bare, pmid="26457140")) != "certain"


LONG = "Peer mentoring is said to protect residents, but trials of it are few and small. " * 6


def test_an_article_printed_twice_word_for_word_is_one() -> None:
    first = but(abstract=LONG)
    again = but(
        abstract=LONG, volume="8", pages="12-19", year=2016, doi="10.4300/jgme-d-15-99999.1"
    )
    assert verdict(first, again) == "certain"
    assert verdict(first, replace(again, abstract="")) != "certain"


def test_a_correction_right_behind_its_article_with_its_abstract_belongs_to_it() -> None:
    article = but(abstract=LONG)
    behind = but(title=f"Erratum to: {TRIAL.title}", pages="443", doi="10.4300/x", abstract=LONG)
    assert verdict(article, behind) == "certain"
    assert verdict(article, replace(behind, pages="650")) != "certain"
    assert verdict(article, replace(behind, abstract="")) != "certain"


def test_a_paper_whose_proceedings_came_a_year_later_is_one() -> None:
    paper = but(
        journal="International Conference on Information Systems",
        volume="",
        number="",
        pages="1-12",
        doi="",
    )
    later = replace(paper, journal="ICIS : Transforming Society", year=2016, pages="")
    assert verdict(replace(paper, abstract=""), replace(later, abstract="")) == "certain"
    elsewhere = replace(later, journal="Hawaii International Conference on System Sciences")
    assert verdict(replace(paper, abstract=""), replace(elsewhere, abstract="")) != "certain"


def test_an_article_number_needs_no_volume() -> None:
    first = but(pages="e0139442", doi="", year=None)
    assert verdict(first, replace(first, volume="", number="", authors=())) == "certain"


def test_two_dois_of_one_registrant_need_the_place() -> None:
    bare = but(volume="", number="", pages="", abstract="")
    assert verdict(bare, replace(bare, doi="10.4300/jgme-d-14-00002.1")) != "certain"
    assert verdict(but(), but(doi="10.4300/jgme-d-14-00002.1")) == "certain"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"volume": "17", "number": ""}, "certain"),
        ({"volume": "17", "pages": "435"}, "possible"),
        ({"pages": "900-907"}, "possible"),
        ({"journal": "Revista de educación", "pages": ""}, "certain"),
        ({"journal": "Revista de educación", "pages": "", "number": ""}, "possible"),
        ({"journal": "Revista de educación"}, "certain"),
        ({"journal": "Revista de educación", "volume": ""}, "certain"),
        ({"year": 2012, "volume": "", "pages": ""}, "possible"),
        ({"authors": (), "volume": "", "pages": ""}, "certain"),
        ({"authors": (), "volume": "", "pages": "", "journal": ""}, "possible"),
        ({"authors": ("Smith, J", "Zhang, W"), "journal": ""}, "certain"),
        ({"authors": ("Smith, J",), "pages": ""}, "none"),
        ({"title": TRIAL.title.replace("in medical", "of older"), "journal": ""}, "certain"),
        ({"title": "Peer mentoring for burnout in medical residents", "volume": "", "number": "", "pages": ""}, "possible"),
    ],
)  # fmt: skip
def test_one_field_that_differs_or_is_lost(changes: dict[str, object], expected: str) -> None:
    assert verdict(BARE, replace(BARE, **changes)) == expected  # type: ignore[arg-type]


def test_the_same_doi_does_not_cover_another_title() -> None:
    other = but(
        title="Simulation training before ward rounds at night", pages="", volume="", abstract=""
    )
    assert verdict(but(abstract=""), other) != "certain"
    alike = but(title=TRIAL.title.replace("burnout", "depression"), abstract="", pages="S14")
    assert verdict(but(abstract=""), alike) != "certain"


def test_the_original_title_links_a_translation() -> None:
    german = but(title="Mentoring unter Gleichrangigen bei Erschöpfung", doi="", pages="")
    english = but(original_title="Mentoring unter Gleichrangigen bei Erschöpfung", doi="", pages="")
    assert verdict(german, english) == "certain"


def test_hepatitis_b_is_not_hepatitis_c() -> None:
    b = but(title="Lamivudine for chronic hepatitis B in older adults", doi="", pages="")
    c = but(title="Lamivudine for chronic hepatitis C in older adults", doi="", pages="")
    assert verdict(b, c) != "certain"


def test_a_record_with_few_fields_does_not_chain_two_publications() -> None:
    article = but(doi="", abstract="")
    abroad = but(
        journal="Academic Medicine", volume="90", number="11", pages="S12-S13", doi="", abstract=""
    )
    bare = Record(title=TRIAL.title, authors=TRIAL.authors, year=2015)
    linking = find_duplicates([("article", article), ("abroad", abroad), ("bare", bare)])
    assert clusters(("article", "abroad", "bare"), linking) == ()
    assert {link.certainty for link in linking.links} == {"possible"}


def test_links_tell_why() -> None:
    certain = find_duplicates([("a", TRIAL), ("b", but(title=TRIAL.title + "s"))]).links[0]
    assert certain.why.startswith("same DOI; titles 99 % alike; same authors")
    other = but(pages="900-907", doi="", abstract="")
    possible = find_duplicates([("a", BARE), ("b", other)]).links[0]
    assert possible.certainty == "possible"
    assert "but pages differ (435-442 / 900-907)" in possible.why
    assert 0 <= possible.score < certain.score <= 100


def test_a_pair_of_which_nothing_agrees_says_only_what_differs() -> None:
    guideline = "A Clinical Practice Guideline From the American College of Physicians."
    developed = "Description: The American College of Physicians (ACP) developed this guideline to"
    first = Record(
        title=f"Management of Obstructive Sleep Apnea in Adults: {guideline}",
        abstract=f"{developed} present the evidence and provide clinical recommendations on the "
        "management of obstructive sleep apnea (OSA) in adults. Methods: This guideline is based",
    )
    second = Record(
        title="Pharmacologic Treatment of Low Bone Density or Osteoporosis to Prevent Fractures: "
        + guideline,
        abstract=f"{developed} present the available evidence on various pharmacologic treatments "
        "to prevent fractures in men and women with low bone density or osteoporosis.",
    )
    [link] = find_duplicates([("a", first), ("b", second)]).links
    assert link.why == "the titles differ"


def test_kept_apart_pairs_are_never_joined_even_through_others() -> None:
    records = [
        (name, but(title=TRIAL.title + dot)) for name, dot in (("a", ""), ("b", "."), ("c", "!"))
    ]
    linking = find_duplicates(records, kept_apart=[frozenset(("a", "c"))])
    joined = clusters(("a", "b", "c"), linking)
    assert len(joined) == 1
    assert not {"a", "c"} <= set(joined[0].members)
    assert not any({link.first, link.second} == {"a", "c"} for link in linking.links)


def test_exact_copies_join_unless_kept_apart() -> None:
    records = [(str(i), TRIAL) for i in range(4)]
    assert clusters("0123", find_duplicates(records))[0].members == ("0", "1", "2", "3")
    apart = find_duplicates(records, kept_apart=[frozenset("03")])
    assert all(not {"0", "3"} <= set(cluster.members) for cluster in clusters("0123", apart))


def test_nothing_links_nothing() -> None:
    assert find_duplicates([]) == Linking(())
    assert clusters((), Linking(())) == ()


def test_a_great_group_under_one_title_is_found_without_comparing_all() -> None:
    records = [
        (f"{i:04d}{copy}", but(title="Editorial", authors=(f"Writer{i}, A",), pages=f"{100 + i}-{101 + i}", doi="", number="1", abstract=copy))
        for i in range(400)
        for copy in ("", "x")
    ]  # fmt: skip
    found = clusters((id_ for id_, _ in records), find_duplicates(records))
    assert len(found) == 400
    assert all(len(cluster.members) == 2 for cluster in found)
