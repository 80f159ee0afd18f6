"""What is spelled in more than one way and is one word to the search. Data: to add a pair is all it takes.

The index notices a change here by itself (search.words.RULES) and takes the texts in again at night.
"""

# Letters inside a word: British on the left. Applied to every word that holds them.
LETTERS: tuple[tuple[str, str], ...] = (
    ("anaem", "anem"),
    ("aemia", "emia"),
    ("haem", "hem"),
    ("oedem", "edem"),
    ("oesoph", "esoph"),
    ("coeliac", "celiac"),
    ("diarrhoea", "diarrhea"),
    ("foetus", "fetus"),
    ("foetal", "fetal"),
    ("gynaec", "gynec"),
    ("paediatr", "pediatr"),
    ("orthopaed", "orthoped"),
    ("leucocyt", "leukocyt"),
    ("homoeo", "homeo"),
    ("hypoglycaem", "hypoglycem"),
    ("colour", "color"),
    ("flavour", "flavor"),
    ("labour", "labor"),
    ("tumour", "tumor"),
    ("behaviour", "behavior"),
    ("favour", "favor"),
    ("centre", "center"),
    ("fibre", "fiber"),
    ("litre", "liter"),
    ("metre", "meter"),
    ("programme", "program"),
    ("sulph", "sulf"),
)

# Endings, tried after LETTERS on words of seven letters and more.
ENDINGS: tuple[tuple[str, str], ...] = (
    ("isation", "ization"),
    ("isations", "izations"),
    ("ising", "izing"),
    ("ised", "ized"),
    ("ises", "izes"),
    ("ise", "ize"),
    ("yse", "yze"),
    ("ysed", "yzed"),
)
# Words that only look as if they had such an ending.
NOT_ENDINGS = (
    "advise advised advises advising arise arises arising comprise comprised comprises compromise "
    "compromised compromises compromising disease diseases diseased exercise exercised exercises "
    "exercising increased otherwise precise premise premises promise promised promises promising raised "
    "likewise surprise surprised surprises surprising supervise supervised supervises supervising"
)

# One group per line: all of them are found by any of them. The first is what the index keeps.
SAME = """
canned tinned tin tins cans
mcg microgram micrograms μg ug
mg milligram milligrams
injection injections inject injects injected injecting shot shots jab jabs
absorption absorb absorbs absorbed absorbing
deficiency deficiencies deficient
tablet tablets pill pills
shipping delivery postage
vegan vegans
diagnosis diagnoses
analysis analyses
fatigue tiredness
mouth mouths oral
faq faqs
pregnancy pregnant
"""

# Words that carry a question and not its matter. They count only where there is nothing else.
STOP_WORDS = (
    "a about am an and any are as at be been but by can could did do does for from had has have he her his how "
    "i if in into is it its me my of on or our she should so than that the their them there these they "
    "this to too up was we were what when where which who why will with would you your"
)
