"""From a text to its units: what is said, what is denied and what is only asked."""

from collections.abc import Iterator

from claims.sentences import LONGEST_UNIT, Unit, Word, sentence_spans, tag_words, words_of
from claims.words import word_set

ENDS_OF_THOUGHT = word_set(
    """
    ; ? ! — : but yet instead however although though unless because while whereas
    despite
    """
)
# After a comma these begin a thought of their own, to which an earlier "not" does not reach.
FRESH = word_set(
    """
    it this our we you they i just only simply so get try use take wear stick switch let
    here there yet then still he she my instead
    """
)
BETTER = word_set(
    """
    better faster like beats quicker closer stronger harder easier more
    """
)
PROOF = word_set(
    """
    study studies trial trials evidence proof data research reason claim claims sign
    idea guarantee controlled randomized
    """
)
# "no needles, no pills": how many words a "no" before a noun reaches.
NOUN_REACH = 6
PRONOUNS = frozenset(("it", "this", "that", "you", "we", "they", "he", "she", "time"))
JOINS = frozenset(("and", "so", "then"))
QUESTION_STARTS = ("AUX", "OPENQ")


def units_of(text: str) -> Iterator[Unit]:
    """The units of a normalized text, tagged, with what is denied or asked marked on the words."""
    spans = list(sentence_spans(text))
    index = 0
    while index < len(spans):
        start, end = spans[index]
        words = words_of(text, start, end)
        index += 1
        if any(word.text == "?" for word in words[-3:]) and index < len(spans):
            end = spans[index][1]
            words += words_of(text, spans[index][0], end)
            index += 1
        for first in range(0, len(words), LONGEST_UNIT):
            yield _unit(words[first : first + LONGEST_UNIT], text, start, end)


def _unit(words: list[Word], text: str, start: int, end: int) -> Unit:
    unit = Unit(words, start, end)
    tag_words(words, text)
    _mark_denials(words)
    _mark_questions(unit)
    _mark_whether(words)
    render(unit)
    return unit


def has(word: Word, *names: str) -> bool:
    """Whether a word bears one of the tags."""
    return any(tag.split(".")[0] in names for tag in word.tags)


def _mark_denials(words: list[Word]) -> None:
    for index, word in enumerate(words):
        tags = word.tags
        if "NEGATOR" not in tags and "NEGDET" not in tags:
            continue
        if "NOTREALLY" in tags or "+NOTREALLY" in tags or _is_rhetorical(words, index):
            continue
        for denied in words[index + 1 : _scope_end(words, index)]:
            denied.is_denied = True


def _is_rhetorical(words: list[Word], index: int) -> bool:
    """'Isn't it time', 'don't wait', 'nothing works better': a no that says yes."""
    following = words[index + 1 : index + 4]
    if index == 1 and has(words[0], "AUX") and following and following[0].text in PRONOUNS:
        return True
    if words[index].text in {"not", "never"} and any(
        has(word, "NEGVERB") for word in following[:2]
    ):
        return True
    scope = [word.text for word in words[index + 1 : _scope_end(words, index)]]
    if words[index].text not in {"nothing", "no", "none", "nobody", "never"} or PROOF & set(
        scope[:4]
    ):
        return False
    praised = bool(BETTER & set(scope)) or " as well as " in f" {' '.join(scope)} "
    return praised and ("than" not in scope or bool({"ours", "this", "our", "these"} & set(scope)))


def _scope_end(words: list[Word], index: int) -> int:
    """How far a negation reaches: to the end of its thought, or of its noun for 'no' and 'without'."""
    narrow = has(words[index], "NEGDET") and not any(
        has(word, "EVIDENTIAL", "NEGATOR") for word in words[index + 1 : index + 4]
    )
    end = index + 1
    while end < len(words):
        word, after = words[end], words[end + 1 : end + 2]
        if word.text in ENDS_OF_THOUGHT and end > index + 1:
            break
        if word.text == "," and (narrow or (after and _starts_afresh(after[0]))):
            break
        if word.text in JOINS and after and _goes_on_by_itself(words, index, end):
            break
        if narrow and (end - index > NOUN_REACH or has(word, "AUX")):
            break
        end += 1
    return end


def _starts_afresh(word: Word) -> bool:
    return word.text in FRESH or word.text == "thanks"


def _goes_on_by_itself(words: list[Word], index: int, end: int) -> bool:
    """'does not smell and treats …': after 'and' a verb in -s or a new subject goes on without the 'not'."""
    after = words[end + 1]
    if after.text in FRESH:
        return True
    return any(
        tag.endswith(".s") and tag.isascii() and not tag.startswith("+") for tag in after.tags
    )


def _mark_questions(unit: Unit) -> None:
    marks = [index for index, word in enumerate(unit.words) if word.text == "?"]
    if not marks:
        return
    mark = marks[-1]
    # "A sore tongue: when is it B12?" asks after the colon.
    colons = [index for index in range(mark) if unit.words[index].text == ":"]
    if _is_pitch(unit.words[(colons[-1] + 1 if colons else 0) :]):
        return
    answer = unit.words[mark + 1 : mark + 3]
    reply = unit.words[mark + 1 : mark + 6]
    denies = any(has(word, "NEGATOR", "NEGDET") for word in reply)
    # "They are" is a yes unless a "not" follows; "yes" and its like stand firm.
    firm = bool(answer) and (
        has(answer[0], "NOTREALLY") or answer[0].text not in {"it", "they", "we"}
    )
    yes = bool(answer) and has(answer[0], "YES", "NOTREALLY") and (firm or not denies)
    no = bool(answer) and not yes and (has(answer[0], "NO") or denies)
    unit.is_answered_yes = yes
    for word in unit.words[:mark]:
        word.is_denied = word.is_denied or no
        word.is_refused = no
        word.is_asked = not yes and not no


def _is_pitch(words: list[Word]) -> bool:
    """'Tired of …?', 'Why pay for …?': questions that sell. A real one begins with a helping or a question word."""
    start = next(
        (
            index
            for index, word in enumerate(words)
            if word.text not in {"so", "but", "and", "q", ".", ":", "ː", '"'}
        ),
        0,
    )
    first = words[start]
    if has(first, "PITCHQ") and not (
        has(first, "AUX") and len(words) > start + 1 and words[start + 1].text in FRESH
    ):
        return True
    if not has(first, *QUESTION_STARTS):
        return not any(has(word, "AUX") for word in words[:3])
    after = words[start + 1 : start + 2]
    if first.text == "why" and after and not has(after[0], "AUX"):
        return True
    return has(first, "AUX") and any(word.text == "not" for word in words[start + 1 : start + 2])


def _mark_whether(words: list[Word]) -> None:
    """'whether it cures', 'ask if it cures': said by nobody yet."""
    if not any(word.text == "if" or "WHETHER" in word.tags for word in words):
        return
    open_to = 0
    for index, word in enumerate(words):
        before = words[max(0, index - 6) : index]
        if has(word, "WHETHER") or (
            word.text == "if"
            and any(has(one, "CAREVERB") or one.text in {"wonder", "know"} for one in before)
        ):
            open_to = len(words)
        if word.text in ENDS_OF_THOUGHT and open_to:
            open_to = 0
        if open_to:
            word.is_asked = True


def render(unit: Unit) -> None:
    """Writes the unit as `<word:TAG:TAG>` pieces, which the patterns of the rules are matched against."""
    pieces, length = [], 0
    names: set[str] = set()
    tags: set[str] = set()
    for word in unit.words:
        shown = word.text.replace(":", "ː").replace("<", "").replace(">", "")
        piece = f"<{':'.join([shown, *word.tags])}>"
        unit.positions.append(length)
        pieces.append(piece)
        length += len(piece)
        names.add(shown)
        tags.update(word.tags)
    unit.rendered = "".join(pieces)
    unit.tags = frozenset(names | tags | {tag.split(".")[0] for tag in tags})
