"""What a text must carry somewhere else than in the sentence: sources, disclaimers, disclosures.

- statutory: 21 CFR 101.93(c), word for word, linked by * or †
- education: the notice of health pages: general information, not medical advice
- disclosure: 16 CFR 255: plainly, and before what it is about
"""

import re

from claims.sentences import SOURCE_MARK

STATUTORY = re.compile(
    r"[*†]\s{0,3}(?:this\s+statement\s+has|these\s+statements\s+have)\s+not\s+been\s+evaluated\s+by\s+the\s+food\s+and\s+drug\s+administration\.\s+"
    r"this\s+product\s+is\s+not\s+intended\s+to\s+diagnose,\s+treat,\s+cure,?\s+or\s+prevent\s+any\s+disease\b",
    re.IGNORECASE,
)
EDUCATION = re.compile(
    r"\b(?:not|no|never|isn't|cannot\s+replace|does\s+not\s+replace|is\s+no\s+substitute\s+for|nor|rather\s+than|instead\s+of)\b[^.!?\n]{0,40}"
    r"\b(?:(?:medical|health|professional|personal|doctor's)\s+(?:\w+\s+)?(?:advice|guidance|care|opinion)|advice\s+from\s+(?:a|your)\s+(?:doctor|clinician))",
    re.IGNORECASE,
)
GENERAL = re.compile(
    r"\b(?:general|educational|education|informational|information\s+only|information)\b",
    re.IGNORECASE,
)
DISCLOSURE = re.compile(
    r"(?:^|[\s(\[])(?:#ad\b|#sponsored\b|#paidpartnership\b|#advertisement\b|ad\s*[:|.,!)-]|ad\b\s*$|advert(?:isement)?\b|paid\s+(?:ad|partnership|promotion|post|collaboration|review|link)|sponsored\b|affiliate\s+links?\b|"
    r"disclosure\b|disclaimer\s*:\s*i\b|i\s+(?:may\s+|might\s+|will\s+|do\s+|also\s+)?(?:earn|get|receive|am|was|make)\s+(?:\w+\s+){0,4}(?:commission|paid|percentage|percent|share|cut|money)|i'm\s+(?:being\s+)?paid|i\s+was\s+paid|pays?\s+me\b|"
    r"(?:in\s+exchange\s+for|as\s+a\s+paid)|gifted\s+by\b|gifted\s*[:|\])]|commission\b|#gifted\b[^.!?\n]{0,3}by)",
    re.IGNORECASE,
)
SOURCE = re.compile(
    rf"{SOURCE_MARK}|\(\s*(?:see\s+)?[^()\n]{{0,80}}?\b(?:1[89]|20)\d\d[a-z]?\b[^()\n]{{0,60}}\)|\b10\.\d{{4,9}}/\S|\bdoi\b|\bPMID\b|\bPMC\s?\d{{4}}|\bNCT\d{{8}}|\bNG\s?\d{{2,3}}\b|\bCG\s?\d{{2,3}}\b|\bCD\d{{6}}|\bISRCTN\d|"
    r"\b[A-Z][\w'-]{1,30}(?:\s+(?:and|&)\s+(?:[A-Z][\w'-]{1,30}|colleagues)|\s+et\s+al\.?)?,?\s+\(?(?:19|20)\d\d\b|\b(?:[Ii]n\s+)?(?:19|20)\d\d,?\s+[A-Z][\w'-]{1,30}\s+(?:and|et)\b"
)
# Official bodies, databases and trials that everybody can look up by their name.
NAMED = re.compile(
    r"\b(?:NICE|NIH|ODS|Office\s+of\s+Dietary\s+Supplements|National\s+Institutes?\s+of\s+Health|CDC|Centers\s+for\s+Disease\s+Control|World\s+Health\s+Organi[sz]ation|EFSA|MHRA|Cochrane|Institute\s+of\s+Medicine|IOM|National\s+Academ(?:y|ies)|USPSTF|Preventive\s+Services\s+Task\s+Force|ASMBS|AAN|American\s+Academy\s+of\s+(?:Neurology|Family\s+Physicians)|AFP|American\s+Family\s+Physician|NHS|USDA|FoodData|PubMed|ClinicalTrials\.gov|Framingham|B-PROOF|VITATOPS|NORVIT|WENBIT|FDA|Food\s+and\s+Drug\s+Administration|Academy\s+of\s+Nutrition|McDonald|BNF|NHANES|UK\s+Biobank|Medline|Embase|EMA)\b|\bWHO\b",
)


def bears_a_mark(sentence: str) -> bool:
    """Whether a sentence carries a source that points to one text: a marker, author and year, or an id."""
    return SOURCE.search(sentence) is not None


def names_a_source(sentence: str) -> bool:
    """Whether a sentence carries such a source, or names an official body, a database or a known trial."""
    return bears_a_mark(sentence) or NAMED.search(sentence) is not None


def lacks(notice: str, text: str, position: int) -> bool:
    """Whether the text has not the notice that a claim at `position` would need."""
    if notice == "statutory":
        return STATUTORY.search(" ".join(text.split())) is None
    if notice == "education":
        return not (
            EDUCATION.search(text)
            and (GENERAL.search(text) or "clinician" in text or "doctor" in text.lower())
        )
    disclosed = DISCLOSURE.search(text)
    return disclosed is None or disclosed.start() > position
