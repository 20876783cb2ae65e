"""Vocabulary: the words that say nothing about a work, a person or a journal, and those that do."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Titles made of nothing but these say nothing about the work.
GENERIC_IN_TITLES = _words(
    """
    a an the of to and in on for from by with at or our this that as is no s editorial
    editorials editor editors editorship guest note notes comment comments commentary
    commentaries letter letters reply replies response responses author authors introduction
    introductory preface foreword prologue epilogue afterword news newsletter book books review
    reviews reviewer reviewers abstract abstracts correspondence erratum errata corrigendum
    corrigenda correction corrections addendum issue issues special section obituary discussion
    perspective perspectives viewpoint opinion remarks remark message president presidents
    presidential address announcement announcements calendar meeting meetings program programme
    index contents content table acknowledgement acknowledgment acknowledgements acknowledgments
    conference proceedings annual invited senior chief brief reports report case research
    article articles original paper papers summary update overview conclusion conclusions
    appendix about journal volume number panel session sessions poster posters oral
    presentations presentation symposium workshop keynote thank thanks welcome statement
    position highlights digest current literature miscellaneous miscellany untitled title
    available year question questions answer answers clinical trial study column insights images
    image picture month week cover retraction notice concern expression supplementary supplement
    """
)
UNTELLING_IN_TITLES = _words(
    """
    a an the of to and in on for from by with at or as s is are et al
    """
)
# After these a lone letter counts: "part I", "phase V", "hepatitis C".
COUNTED = _words(
    """
    part phase stage grade type class level study chapter volume section paper report series
    experiment hepatitis vitamin group case question round wave cohort
    """
)
# Of these, what a letter names even where it reads like an article: "hepatitis A virus".
LETTERED = _words(
    """
    part phase type class grade hepatitis vitamin group
    """
)
# Parts of family names that one database writes and another leaves out.
PARTICLES = _words(
    """
    van von der den de da di la le du del della dos das do el al bin ibn ben ten ter zu zur vom
    af av y e i st saint mc mac o d l 't t
    """
)
NAME_SUFFIXES = _words(
    """
    jr sr junior senior ii iii iv 2nd 3rd 4th md phd dr prof
    """
)
ANONYMOUS = _words(
    """
    anonymous anon unknown author authors no authorship indicated listed
    """
)
# A name with one of these is a group, not a person.
GROUPS = _words(
    """
    group study investigators collaboration collaborative collaborators consortium committee
    network society association trial trials trialists team panel task taskforce program
    programme initiative institute organization organisation foundation federation college
    academy university department ministry agency center centre council board working school
    hospital clinic faculty laboratory division unit universitat universite universidad
    universita istituto instituto institut departamento klinik
    """
)
UNTELLING_IN_JOURNALS = _words(
    """
    a an the of and in for on de del della la le les el los las l d du des der die das und et e
    y i van voor het och og & en fur
    """
)
# A journal with one of these is a conference, named by every database in its own way.
MEETINGS = _words(
    """
    conference conf symposium symp workshop congress meeting proceedings proc colloquium
    kongress tagung conferencia congreso lecture
    """
)
# What the name of a conference has only in one year.
EDITIONS = _words(
    """
    proceedings proc annual first second third fourth fifth sixth seventh eighth ninth tenth
    eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth
    twentieth thirtieth fortieth fiftieth th st nd rd
    """
)
PREPRINT_SERVERS = _words(
    """
    arxiv biorxiv medrxiv psyarxiv socarxiv chemrxiv ssrn preprint preprints
    """
)
# One letter or two apart, and yet another meaning.
OPPOSED_WORDS = _words(
    """
    with/without men/women man/woman male/female males/females boys/girls boy/girl
    increase/decrease increased/decreased increasing/decreasing increases/decreases vivo/vitro
    upper/lower left/right north/south east/west northern/southern eastern/western
    anterior/posterior proximal/distal mother/father mothers/fathers maternal/paternal
    son/daughter sons/daughters brother/sister brothers/sisters husband/wife husbands/wives
    early/late acute/chronic primary/secondary primary/metastatic positive/negative
    systolic/diastolic afferent/efferent import/export imports/exports before/after
    qualitative/quantitative morbidity/mortality inpatient/outpatient inpatients/outpatients
    arterial/venous sensitive/specific sensitivity/specificity sensitive/resistant
    high/low higher/lower highest/lowest long/short longer/shorter large/small larger/smaller
    more/less most/least best/worst better/worse fast/slow strong/weak hot/cold warm/cold
    wet/dry old/young older/younger oldest/youngest old/new children/adults child/adult
    adolescents/adults infants/adults parents/children urban/rural public/private open/closed
    open/laparoscopic single/multiple single/double internal/external inner/outer
    interior/exterior superior/inferior medial/lateral dorsal/ventral cranial/caudal
    supine/prone active/passive active/inactive mild/severe moderate/severe mild/moderate
    benign/malignant ischemic/hemorrhagic ischaemic/haemorrhagic maximum/minimum
    maximal/minimal major/minor majority/minority ascending/descending antegrade/retrograde
    agonist/antagonist agonists/antagonists inhibition/activation inhibitor/activator
    inhibitors/activators inhibits/activates inhibits/promotes inspiratory/expiratory
    inspiration/expiration inhaled/exhaled inflation/deflation abduction/adduction
    flexion/extension flexor/extensor rise/fall gain/loss benefit/harm benefits/harms
    benefits/risks success/failure efficacy/safety effective/ineffective cases/controls
    winners/losers day/night daytime/nighttime summer/winter spring/autumn first/last
    black/white donors/recipients donor/recipient patients/caregivers patients/controls
    teachers/students employers/employees buyers/sellers married/single smokers/nonsmokers
    survivors/nonsurvivors living/deceased prospective/retrospective direct/indirect
    local/systemic local/general oral/intravenous topical/systemic fasting/fed
    dominant/recessive homozygous/heterozygous prevalence/incidence stemi/nstemi rem/nrem
    prokaryotic/eukaryotic optimistic/pessimistic optimism/pessimism offline/online
    prospective/perspective affective/effective effective/elective thoracotomy/thoracostomy
    thoracotomy/thoracoscopy thoracostomy/thoracoscopy neural/neutral atrial/trial real/renal
    oral/aural case/cause cases/causes valuation/evaluation across/cross users/uses health/ehealth
    issue/tissue word/world border/order absorption/adsorption ileum/ilium cord/core
    organisation/organism abduct/adduct tracheotomy/tracheostomy colostomy/colotomy
    gastrostomy/gastrotomy prostate/prostrate perineal/peroneal perineal/peritoneal
    formal/informal permanent/temporary voluntary/involuntary
    austria/australia austrian/australian niger/nigeria slovakia/slovenia slovak/slovenian
    gambia/zambia iran/iraq mali/malawi guinea/guyana ireland/iceland mauritius/mauritania
    dominica/dominican
    """
)
# What, put before a word, makes another of it: "insured" and "uninsured".
TURNING_STARTS = _words(
    """
    non un in im il ir dis mis pre post anti counter de re sub super over under hyper hypo inter
    intra extra peri semi pseudo micro macro multi mono poly neo co bi tri ultra trans endo exo
    out self ante ab ad uni di endo auto allo iso homo hetero retro contra ipsi pro meta para
    hemi ex after fore mal dys eu mid quasi never
    """
)
# Words of which "a-" or "an-" makes the opposite.
NEGATED_IN_GREEK = _words(
    """
    symptomatic typical septic sexual febrile symmetric symmetrical synchronous vascular cellular
    biotic tonic social political chromatic rhythmic trophic metric melanotic aerobic ovulatory
    icteric
    """
)
# What a title has more, and the work is another: the trial, its protocol and its follow-up.
TURNING_IN_TITLES = _words(
    """
    not no non without never neither nor protocol protocols followup secondary pilot feasibility
    cost costs economic subgroup subgroups substudy ancillary interim extension hoc rationale
    reanalysis preliminary update updated
    """
)
