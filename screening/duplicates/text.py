"""Folding text: so that case, markup, diacritics, Greek letters and punctuation never part two copies."""

from __future__ import annotations

import html
import re
import unicodedata

from screening.duplicates.vocabulary import COUNTED, LETTERED

# What Unicode's own decomposition leaves whole, written as databases that know only ASCII write it.
_SPELLED = str.maketrans(
    {
        "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta",
        "η": "eta", "θ": "theta", "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu",
        "ν": "nu", "ξ": "xi", "ο": "omicron", "π": "pi", "ρ": "rho", "σ": "sigma",
        "ς": "sigma", "τ": "tau", "υ": "upsilon", "φ": "phi", "χ": "chi", "ψ": "psi",
        "ω": "omega", "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d",
        "þ": "th", "ł": "l", "ı": "i", "ŋ": "n", "ħ": "h", "ʼ": "'", "’": "'", "‘": "'",
        "ʹ": "'", "′": "'", "`": "'", "´": "'",
    }
)  # fmt: skip
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,80}>")
_LATEX = re.compile(r"\\(?:text[a-z]{2}|emph|mathrm|mathit|mathbf|it|bf|rm)\b")
# A letter that a database could not write: "Ekmekçio?lu", "fran?ais".
_LOST = re.compile(r"(?<=[^\W\d_])\?(?=[^\W\d_])")
_NOT_WORD = re.compile(r"[\W_]+")

_BYTES = bytes(range(256))
_ALNUM = bytes(b for b in _BYTES if chr(b).isascii() and chr(b).isalnum())
_PUNCTUATION = bytes(b for b in _BYTES if b not in _ALNUM)
_LOWER = bytes.maketrans(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    b"abcdefghijklmnopqrstuvwxyz",
)
_TO_SPACES = bytes(b | 32 if 65 <= b <= 90 else (b if b in _ALNUM else 32) for b in _BYTES)


def fold(text: str) -> str:
    """Give `text` in lower case without markup, entities or diacritics; punctuation stays."""
    if "&" in text:
        if ";" in text:
            text = html.unescape(text)
        text = text.replace("&", " and ")
    if "?" in text:
        text = _LOST.sub("", text)
    if "<" in text:
        text = _TAG.sub("", text)
    if "\\" in text:
        text = _LATEX.sub("", text)
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKD", text).casefold().translate(_SPELLED)
    if text.isascii():
        return text
    return "".join([c for c in text if not unicodedata.combining(c)])


def compact(folded: str) -> str:
    """Give only the letters and digits of folded text, so that spaces and hyphens never matter."""
    if folded.isascii():
        return folded.encode().translate(_LOWER, _PUNCTUATION).decode()
    return _NOT_WORD.sub("", folded)


def words(folded: str) -> list[str]:
    """Give the words of folded text; an apostrophe does not part a word."""
    if "'" in folded:
        folded = folded.replace("'", "")
    if folded.isascii():
        return folded.encode().translate(_TO_SPACES).decode().split()
    return _NOT_WORD.sub(" ", folded).split()


_ROMAN = {
    "ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9", "xi": "11",
    "xii": "12", "xiii": "13", "xiv": "14", "xv": "15", "xvi": "16", "xvii": "17", "xviii": "18",
    "xix": "19", "xx": "20", "xxi": "21", "xxii": "22", "xxiii": "23", "xxiv": "24", "xxv": "25",
}  # fmt: skip
_SPELLED_NUMBER = {
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
    "eight": "8", "nine": "9", "ten": "10", "first": "1", "second": "2", "third": "3",
    "fourth": "4", "fifth": "5", "sixth": "6", "1st": "1", "2nd": "2", "3rd": "3", "4th": "4",
    "5th": "5",
}  # fmt: skip
_ALWAYS_ROMAN = {"i": "1", "v": "5", "x": "10"}
_DIGITS = re.compile(r"\d+")


def numerals(title_words: list[str]) -> tuple[str, ...]:
    """Give the numbers a title names, sorted: digits, Roman numerals, "second", "part B"."""
    found: list[str] = []
    previous = ""
    for at, word in enumerate(title_words):
        if word in _ROMAN:
            found.append(_ROMAN[word])
        elif word in _SPELLED_NUMBER:
            found.append(_SPELLED_NUMBER[word])
        elif len(word) == 1 and not word.isdigit():
            # "Cohort study: a review", but "hepatitis A virus".
            article = word == "a" and at + 1 < len(title_words) and previous not in LETTERED
            if previous in COUNTED and not article:
                found.append(_ALWAYS_ROMAN.get(word, word))
        elif not word.isalpha():
            found.extend(run.lstrip("0") or "0" for run in _DIGITS.findall(word))
        previous = word
    found.sort()
    return tuple(found)


def roman_number(word: str) -> str:
    """Give the number a Roman numeral stands for, as digits, or "" when it is none."""
    return _ROMAN.get(word) or _ALWAYS_ROMAN.get(word, "")
