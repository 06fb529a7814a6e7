"""How hard a text is to read: the Flesch-Kincaid grade (Kincaid et al. 1975).

grade = 0.39 × words per sentence + 11.8 × syllables per word - 15.59. Grade 5 is a reading age of about 10.
"The cat sat on the mat." has 6 words, 1 sentence and 6 syllables: 0.39 × 6 + 11.8 × 1 - 15.59 = -1.45.
"""

import re

from bs4 import BeautifulSoup

VOWELS = re.compile(r"[aeiouy]+")
SILENT_END = re.compile(r"(?:[^laeiouy]e|[^td]ed|[^sxzgc]es|[^aeiouy]les)$")
WORD = re.compile(r"[A-Za-z][A-Za-z’'-]*")


def syllables(word: str) -> int:
    """How many syllables a word has, by its groups of vowels: "people" 2, "asked" 1, "table" 2."""
    letters = word.lower()
    return max(1, len(VOWELS.findall(letters)) - bool(SILENT_END.search(letters)))


def sentences_of(html: str) -> list[str]:
    """Every sentence and list item in the main part of a page; tables, addresses and links alone are left out."""
    main = BeautifulSoup(html, "html.parser").find("main")
    for part in main.select("table, blockquote, nav, address"):
        part.decompose()
    blocks = [" ".join(tag.get_text(" ").split()) for tag in main.select("p, li, dd")]
    return [s for block in blocks for s in re.split(r"(?<=[.!?:])\s+", block) if len(WORD.findall(s)) > 2]


def grade(html: str) -> float:
    """The Flesch-Kincaid grade of a page's own sentences."""
    sentences = sentences_of(html)
    words = [word for sentence in sentences for word in WORD.findall(sentence)]
    return 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59
