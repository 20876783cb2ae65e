"""Search results of any size with known truth: works made up, then written as databases write them."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from screening.records import Record

_CONDITIONS = """asthma|chronic obstructive pulmonary disease|heart failure|atrial fibrillation
type 1 diabetes mellitus|type 2 diabetes mellitus|acute ischaemic stroke|subarachnoid haemorrhage
major depressive disorder|bipolar disorder|schizophrenia|generalized anxiety disorder|rheumatoid arthritis
systemic lupus erythematosus|Crohn's disease|ulcerative colitis|hepatitis B|hepatitis C|HIV infection
pulmonary tuberculosis|malaria|sickle cell disease|acute myeloid leukaemia|multiple myeloma|breast cancer
prostate cancer|colorectal cancer|non-small cell lung cancer|cervical intraepithelial neoplasia|melanoma
osteoporosis|knee osteoarthritis|low back pain|migraine|epilepsy|Parkinson's disease|multiple sclerosis
Alzheimer's disease|traumatic brain injury|spinal cord injury|preterm birth|pre-eclampsia|postpartum depression
childhood obesity|anorexia nervosa|alcohol dependence|opioid use disorder|chronic kidney disease
burnout in medical residents|sepsis|community-acquired pneumonia|cystic fibrosis|obstructive sleep apnoea"""
_TREATMENTS = """cognitive behavioural therapy|peer mentoring|motivational interviewing|aerobic exercise
resistance training|mindfulness-based stress reduction|telephone follow-up|text message reminders|metformin
liraglutide|insulin glargine|atorvastatin|rosuvastatin|aspirin|clopidogrel|warfarin|apixaban|β-blockers
ACE inhibitors|spironolactone|inhaled budesonide|tiotropium|omalizumab|infliximab|adalimumab|methotrexate
rituximab|imatinib|trastuzumab|bevacizumab|cisplatin|radiotherapy|laparoscopic surgery|robotic surgery
early mobilisation|enteral nutrition|vitamin D supplementation|ω-3 fatty acids|probiotics|zinc|magnesium sulphate
acupuncture|yoga|music therapy|virtual reality|transcranial magnetic stimulation|electroconvulsive therapy
fluoxetine|escitalopram|quetiapine|lithium|ketamine|naltrexone|buprenorphine|methadone|high-flow nasal oxygen
non-invasive ventilation|simulation-based training|problem-based learning|audit and feedback|care bundles"""
_OUTCOMES = """mortality|quality of life|hospital readmission|length of stay|pain|fatigue|functional status
adherence|glycaemic control|blood pressure|lung function|bone mineral density|cognitive function|sleep quality
relapse|disease progression|overall survival|progression-free survival|adverse events|cost-effectiveness
patient satisfaction|return to work|weight loss|inflammatory markers|IL-6 and TNF-α levels|depressive symptoms"""
_PEOPLE = """adults|older adults|children|adolescents|pregnant women|men|women|veterans|nurses|medical students
primary care patients|outpatients|inpatients|critically ill patients|nursing home residents|adults in rural areas"""
_DESIGNS = """a randomized controlled trial|a systematic review and meta-analysis|a cohort study|a pilot study
a cross-sectional survey|a qualitative study|a case-control study|a cluster randomised trial|study protocol
a retrospective analysis|a 12-month follow-up|a 5-year follow-up|a network meta-analysis|results of a phase II trial
results of a phase III trial|an updated review"""
_PATTERNS = (
    "{t} for {c} in {p}: {d}", "Effect of {t} on {o} in {p} with {c}", "{t} versus {u} in {c}: {d}",
    "{o} after {t} among {p} with {c}: {d}", "Association between {o} and {c} in {p}",
    "Effects of {t} and {u} on {o} in patients with {c}", "{c} in {p}: {o} and {t}",
    "Does {t} improve {o} in {c}?", "Predictors of {o} in {p} treated with {t} for {c}",
    "{t} in the management of {c} in {w}", "{m} {t} for {c} in {w}: {d}",
    "Experiences of {p} with {m} {t} for {c} in {w}", "{m} {t} and {o} in {p} with {c}: {d}",
    "Is {m} {t} better than {u} for {c}? {o} in {p} from {w}", "Prevalence of {c} among {p} in {w}: {d}",
    "Combined {t} and {u} for {p} with {c}: {d}",
)  # fmt: skip
_FIELDS = """Cardiology|Diabetes|Psychiatry|Neurology|Stroke|Haematology|Oncology|Nephrology|Gastroenterology
Hepatology|Rheumatology|Respiratory Medicine|Critical Care Medicine|Emergency Medicine|Family Practice
Medical Education|Nursing|Public Health|Epidemiology|Paediatrics|Obstetrics and Gynaecology|Surgery|Urology
Orthopaedics|Radiology|Anaesthesia|Dermatology|Ophthalmology|Infectious Diseases|Immunology|Endocrinology
Nutrition|Sports Medicine|Rehabilitation|Pain|Sleep Research|Clinical Pharmacology|Toxicology|Geriatrics
Palliative Care|Addiction|Behavioural Medicine|Health Economics|Medical Informatics|Clinical Genetics"""
_FAMILIES_OF_JOURNALS = """Journal of|European Journal of|International Journal of|American Journal of|Annals of
Archives of|British Journal of|Scandinavian Journal of|Asian Journal of|Clinical|Current Opinion in|Acta
Canadian Journal of|Brazilian Journal of|Advances in"""
_NAMES = """Smith|Johnson|Williams|Brown|Jones|García|Martínez|Rodríguez|López|Hernández|Müller|Schröder|Jäger
Weiß|Schäfer|Bergström|Åkesson|Øverland|Sørensen|Nørgaard|Kowalczyk|Łukasik|Wiśniewska|Dvořák|Černý|Novák|Şahin
Yılmaz|Öztürk|Wang|Li|Zhang|Liu|Chen|Yang|Huang|Zhao|Wu|Zhou|Kim|Lee|Park|Choi|Tanaka|Suzuki|Takahashi|Nguyen|Tran
Singh|Kumar|Sharma|Patel|Gupta|Khan|Ahmed|Hussain|Okafor|Mensah|van der Berg|van Dijk|de Vries|von Braun|de la Cruz
O'Brien|O'Connor|McDonald|MacLeod|Joos-Würtemberger|Smith-Jones|Lloyd-Evans|Dubois|Lefèvre|Beauchêne|Rossi|Esposito
Ferrari|Papadopoulos|Ivanova|Petrov|Sokolov|Cohen|Levy|Silva|Santos|Oliveira|Gonçalves|Andersson|Eriksson|Virtanen"""
_GIVEN = """Anna|Maria|John|James|Wei|Xiaoming|Li Na|Hans Joachim|Jean-Pierre|Sofia|Olga|David|Sarah|Mohammed|Fatima
Yuki|Kenji|Priya|Rahul|Carlos|José|Lucía|Emma|Oliver|Noah|Ingrid|Lars|Peter M.|Susan B.|Robert J. W."""
_STARTS = "Ab Al Am An Ar Ba Be Bo Bra Ca Cha Co Cro Da De Do Du Ea El Fa Fi Fo Ga Ge Go Gra Ha He Ho Hu Ja Ka Ke Ki Ko La"
_STARTS += " Le Lo Lu Ma Me Mi Mo Mu Na Ne No Oa Pa Pe Po Qui Ra Re Ro Ru Sa Sche Se Sha So Sta Ta Te Tho To Va Ve Vi Wa We Wi Ya Za Ze"
_ENDS = "ander bach barth ber berg bert brand by cher cott der din don dorf ersen feld field ford gan gard gel ger hart hoff inen"
_ENDS += " ini kamp kins kov lach land lander ler ley lin lis low man mann mar mer mond mont nell ner nett nik ning ovic quist rell"
_ENDS += " rich rick rin ris row sby sen shaw sky son sten stein ston strom ter thal ther ton tti vall vant ver ville ward well wood"
_MANNERS = """nurse-led|home-based|web-based|community-based|school-based|low-dose|high-dose|early|delayed|intermittent
long-term|short-term|group|individual|telephone-delivered|smartphone-delivered|pharmacist-led|family-centred|culturally adapted
preoperative|postoperative|inpatient|brief|intensive|stepped|collaborative|adjunctive|first-line|second-line|supervised"""
_PLACES = """Germany|Japan|Brazil|Canada|rural India|northern Norway|the Netherlands|South Africa|urban China|Iran|Turkey
Catalonia|New South Wales|Ontario|Kerala|Uganda|Scotland|Denmark|Taiwan|Egypt|Mexico|Chile|Finland|Nepal|Vietnam|Poland"""
_SERIES = (
    "Editorial",
    "Editor's comments",
    "In this issue",
    "Letter to the editor",
    "Reply",
    "News and notes",
)
_SHORTER = {
    "Journal": "J", "European": "Eur", "International": "Int", "American": "Am", "Annals": "Ann",
    "Archives": "Arch", "British": "Br", "Scandinavian": "Scand", "Clinical": "Clin", "Current": "Curr",
    "Opinion": "Opin", "Canadian": "Can", "Brazilian": "Braz", "Advances": "Adv", "Medicine": "Med",
    "Medical": "Med", "Education": "Educ", "Research": "Res", "Respiratory": "Respir", "Critical": "Crit",
    "Emergency": "Emerg", "Practice": "Pract", "Public": "Public", "Surgery": "Surg", "Diseases": "Dis",
    "Infectious": "Infect", "Pharmacology": "Pharmacol", "Informatics": "Inform", "Obstetrics": "Obstet",
    "Gynaecology": "Gynaecol", "Behavioural": "Behav", "Palliative": "Palliat", "Asian": "Asian",
}  # fmt: skip


def _pool(text: str) -> list[str]:
    return [piece.strip() for piece in re.split(r"[|\n]", text)]


STARTS, ENDS = _STARTS.split(), _ENDS.split()
CONDITIONS, TREATMENTS, OUTCOMES = _pool(_CONDITIONS), _pool(_TREATMENTS), _pool(_OUTCOMES)
MANNERS, PLACES = _pool(_MANNERS), _pool(_PLACES)
PEOPLE, DESIGNS, NAMES, GIVEN = _pool(_PEOPLE), _pool(_DESIGNS), _pool(_NAMES), _pool(_GIVEN)
JOURNALS = [
    f"{family} {field}" for family in _pool(_FAMILIES_OF_JOURNALS) for field in _pool(_FIELDS)
]


@dataclass(frozen=True, slots=True)
class Generated:
    """Records with their IDs, in no telling order, and the work each of them is a record of."""

    records: list[tuple[str, Record]]
    work_of: dict[str, str]


def generate(size: int, seed: int = 0, real: Sequence[Record] = ()) -> Generated:
    """Make `size` records of works that appear once to five times, `real` ones first.

    Every work, and so every answer, is known. `real` must hold no duplicates.
    """
    chance = random.Random(seed)
    records: list[tuple[Record, int]] = []
    work = 0
    while len(records) < size:
        related = [real[work]] if work < len(real) else _works(chance)
        for original in related:
            for _ in range(chance.choices((1, 2, 3, 4, 5), (62, 22, 10, 4, 2))[0]):
                records.append((as_written(original, chance), work))
            work += 1
    records = records[:size]
    chance.shuffle(records)
    named = [(f"g{place:06d}", record) for place, (record, _) in enumerate(records)]
    return Generated(
        named, {id_: f"w{of}" for (id_, _), (_, of) in zip(named, records, strict=True)}
    )


def make_work(chance: random.Random) -> Record:
    """Make up one article as its publisher would describe it."""
    pick = chance.choice
    words = {
        "t": pick(TREATMENTS), "u": pick(TREATMENTS), "c": pick(CONDITIONS), "o": pick(OUTCOMES),
        "p": pick(PEOPLE), "d": pick(DESIGNS), "m": pick(MANNERS), "w": pick(PLACES),
    }  # fmt: skip
    title = pick(_PATTERNS).format(**words)
    title = title[0].upper() + title[1:]
    year = chance.randint(1985, 2024)
    journal = chance.randrange(len(JOURNALS))
    volume = year - 1950 - journal % 25
    first = chance.randint(1, 1800)
    located = chance.random() < 0.15
    suffix = f"{journal:04d}.{year}.{chance.randint(10000, 99999)}"
    return Record(
        title=title,
        authors=tuple(f"{_family(chance)}, {pick(GIVEN)}" for _ in range(chance.randint(1, 9))),
        year=year,
        journal=JOURNALS[journal],
        volume=str(volume),
        number=str(chance.randint(1, 12)),
        pages=f"e{chance.randint(1000, 99999)}"
        if located
        else f"{first}-{first + chance.randint(3, 14)}",
        doi=f"10.{1000 + journal % 300}/j.{suffix}" if year > 1997 else "",
        abstract=_abstract(words, chance),
        entry_type="article",
    )


def _family(chance: random.Random) -> str:
    """A family name, a common one as often as not."""
    if chance.random() < 0.4:
        return chance.choice(NAMES)
    return chance.choice(STARTS) + chance.choice(ENDS)


def _abstract(words: dict[str, str], chance: random.Random) -> str:
    count = chance.randint(20, 4000)
    parts = [
        f"Background: Little is known about {words['o']} in {words['p']} with {words['c']}.",
        f"Methods: We studied {count} {words['p']} who received {words['t']} or {words['u']} over"
        f" {chance.randint(2, 60)} months.",
    ]
    parts += [
        f"{chance.choice(OUTCOMES).capitalize()} changed by {chance.uniform(-40, 40):.1f}% (95% CI"
        f" {chance.uniform(-50, 0):.1f} to {chance.uniform(0, 50):.1f}; P={chance.random():.3f})"
        f" with {chance.choice(TREATMENTS)}."
        for _ in range(chance.randint(3, 9))
    ]
    parts.append(f"Conclusions: {words['t']} may improve {words['o']} in {words['p']}.")
    return " ".join(parts)


def _works(chance: random.Random) -> list[Record]:
    """Give a work, or works that look alike and are not the same."""
    work = make_work(chance)
    roll = chance.random()
    if roll < 0.86:
        return [work]
    if roll < 0.88:
        return [work, _abroad(work, chance, f"Conference abstract: {work.abstract[:200]}", "S")]
    if roll < 0.90:
        preprint = replace(
            work, journal=chance.choice(("medRxiv", "bioRxiv", "SSRN")), volume="", number="", pages="",
            doi=f"10.1101/{work.year}.03.{chance.randint(10, 28)}.{chance.randint(10**7, 10**8 - 1)}",
        )  # fmt: skip
        return [work, preprint]
    if roll < 0.92:
        return [
            replace(work, title=f"{work.title} Part {part}", **_elsewhere(work, chance))
            for part in chance.choice((("I", "II"), ("1", "2"), ("A", "B")))
        ]
    if roll < 0.94:
        notice = chance.choice(
            ("Erratum: {}", "Corrigendum to: {}", "Reply to: {}", "{} (vol 12, pg 3, 2010)")
        )
        return [
            work,
            replace(work, title=notice.format(work.title), abstract="", **_elsewhere(work, chance)),
        ]
    if roll < 0.97:
        title = chance.choice(_SERIES)
        items = [
            replace(
                work, title=title, authors=work.authors[:1], abstract="", **_elsewhere(work, chance)
            )
            for _ in range(chance.randint(2, 6))
        ]
        # On one page, and with the issue lost, they would be one item.
        return list({item.pages.split("-")[0]: item for item in items}.values())
    treatment = next((t for t in TREATMENTS if t in work.title), "")
    if not treatment:
        return [work]
    other = work.title.replace(treatment, chance.choice([t for t in TREATMENTS if t != treatment]))
    sibling = replace(
        work, title=other, abstract=make_work(chance).abstract, **_elsewhere(work, chance)
    )
    return [work, sibling]


def _elsewhere(work: Record, chance: random.Random) -> dict[str, Any]:
    """Another place in the same volume of the same journal."""
    first = chance.randint(1801, 4000)
    return {
        "number": str(chance.randint(1, 12)),
        "pages": f"{first}-{first + chance.randint(1, 9)}",
        "doi": f"{work.doi[:-5]}{chance.randint(10000, 99999)}" if work.doi else "",
    }


def _abroad(work: Record, chance: random.Random, abstract: str, style: str) -> Record:
    """The same study in another journal."""
    other = make_work(chance)
    return replace(
        work, journal=other.journal, volume=other.volume, number="", abstract=abstract,
        pages=f"{style}{chance.randint(1, 900)}", doi="", year=(work.year or 2000) - chance.randint(0, 2),
    )  # fmt: skip


def as_written(record: Record, chance: random.Random) -> Record:
    """Write a record as one database or another would."""
    return chance.choice((_pubmed, _embase, _scopus, _web_of_science, _ebsco, _manager))(
        record, chance
    )


def _pubmed(record: Record, chance: random.Random) -> Record:
    return replace(
        record,
        authors=tuple(_with_initials(a, "") for a in record.authors),
        journal=abbreviated(record.journal) if chance.random() < 0.5 else record.journal,
        pages=_short_pages(record.pages),
    )


def _embase(record: Record, chance: random.Random) -> Record:
    title = _greek_spelled(record.title)
    if ": " in title:
        head, tail = title.split(": ", 1)
        title = f"{head}: {tail[0].upper()}{tail[1:]}"
    return replace(
        record,
        title=title,
        authors=tuple(_with_initials(_plain(a), ".") for a in record.authors),
        journal=record.journal.replace(" and ", " & "),
        number="" if chance.random() < 0.2 else record.number,
        doi=record.doi if chance.random() < 0.7 else "",
        abstract=record.abstract.replace("Background: ", "").replace("Methods: ", ""),
    )


def _scopus(record: Record, chance: random.Random) -> Record:
    early = chance.random() < 0.04 and record.doi != ""
    return replace(
        record,
        authors=tuple(_with_initials(a, ".") for a in record.authors),
        pages="" if record.pages.startswith("e") and chance.random() < 0.5 else record.pages,
        year=(record.year or 2000) - 1 if early else record.year,
        doi=record.doi.upper() if chance.random() < 0.5 else record.doi,
    )


def _web_of_science(record: Record, chance: random.Random) -> Record:
    return replace(
        record,
        title=_plain(_greek_spelled(record.title)),
        authors=tuple(_with_initials(_plain(a), "") for a in record.authors),
        journal=_plain(record.journal).upper(),
        abstract="" if chance.random() < 0.15 else record.abstract,
    )


def _ebsco(record: Record, chance: random.Random) -> Record:
    return replace(
        record,
        title=f"{record.title}." if chance.random() < 0.5 else record.title,
        pages=record.pages.replace("-", "--"),
        doi=record.doi if chance.random() < 0.5 else "",
        abstract=record.abstract[:400],
        number="" if chance.random() < 0.3 else record.number,
    )


def _manager(record: Record, chance: random.Random) -> Record:
    """A reference manager's export: anything may be missing, some of it mistyped."""
    drop: dict[str, Callable[[], Any]] = {"abstract": str, "doi": str, "number": str}
    if chance.random() < 0.15:
        drop[chance.choice(("pages", "volume"))] = str
    kept: dict[str, Any] = {name: blank() for name, blank in drop.items() if chance.random() < 0.4}
    title = record.title
    if chance.random() < 0.1 and len(title) > 30:
        at = chance.randrange(5, len(title) - 5)
        title = title[:at] + title[at + 1 :] if title[at].isalpha() else title
    if chance.random() < 0.05:
        title = f"[{title}]"
    return replace(record, title=title, authors=tuple(_plain(a) for a in record.authors), **kept)


def abbreviated(journal: str) -> str:
    """Abbreviate a journal's name as MEDLINE does."""
    words = [w for w in journal.split() if w not in ("of", "and", "in", "the")]
    return " ".join(
        _SHORTER.get(w) or (re.sub(r"(?:ology|iatrics|iatry|etics)$", r"", w) if len(w) > 8 else w)
        for w in words
    )


def _with_initials(author: str, dot: str) -> str:
    family, _, given = author.partition(", ")
    joint = f"{dot} " if dot else ""
    initials = joint.join(part[0] for part in re.split(r"[ .-]+", given) if part)
    return f"{family}, {initials}{dot}"


def _short_pages(pages: str) -> str:
    first, dash, last = pages.partition("-")
    if not dash or len(first) != len(last):
        return pages
    keep = next((i for i in range(len(last)) if first[i] != last[i]), len(last) - 1)
    return f"{first}-{last[keep:]}"


def _plain(text: str) -> str:
    text = (
        text.replace("ß", "ss")
        .replace("ø", "o")
        .replace("Ø", "O")
        .replace("ł", "l")
        .replace("Ł", "L")
    )
    text = text.replace("ı", "i")
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def _greek_spelled(text: str) -> str:
    return text.replace("α", "alpha").replace("β", "beta").replace("ω", "omega")
