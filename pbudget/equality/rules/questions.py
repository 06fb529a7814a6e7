"""What a voter may be asked about themselves, and which group of the residents' figures each answer belongs to.

screens_of((AGE, SEX, ETHNIC_GROUP))  ->  ((AGE, SEX), (ETHNIC_GROUP,))
Wording follows the Government Statistical Service's harmonised standards and the 2021 Census. Every question can be
left out, and "Prefer not to say" is an answer like the others.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from pbudget.balance.ages import age_label, is_inside
from pbudget.kit.errors import BadInput
from pbudget.kit.slugs import slug

PREFER_NOT = "prefer-not-to-say"
PREFER_NOT_LABEL = "Prefer not to say"
FEWEST_ANSWERS, MOST_ANSWERS, MOST_OWN = 2, 20, 3
LONGEST_LABEL = 80
AGES = ("16-24", "25-34", "35-44", "45-54", "55-64", "65+")
"""Bands where no figures say others."""


class QuestionNotUsable(BadInput):
    """A question of the council's own lacks something or says something twice; the officer reads what."""


@dataclass(frozen=True)
class Answer:
    """One answer: what is stored, what the voter reads, and its group in the figures ("" where there is none)."""

    value: str
    label: str
    group: str = ""


@dataclass(frozen=True)
class Question:
    """One question. `dimension` is what the figures of residents call it; "" until they are loaded."""

    name: str
    title: str
    answers: tuple[Answer, ...]
    hint: str = ""
    dimension: str = ""

    def values(self) -> frozenset[str]:
        """Everything a voter can answer."""
        return frozenset({answer.value for answer in self.answers} | {PREFER_NOT})

    def as_json(self) -> dict[str, Any]:
        """The question as the manifest and the table keep it."""
        return {**asdict(self), "answers": [asdict(answer) for answer in self.answers]}


def question_of(kept: Mapping[str, Any]) -> Question:
    """The question that `as_json` wrote down."""
    return Question(**{**kept, "answers": tuple(Answer(**each) for each in kept["answers"])})


AGE = Question("age", "How old are you?", tuple(Answer(band, age_label(band), band) for band in AGES))
SEX = Question("sex", "What is your sex?", (Answer("female", "Female"), Answer("male", "Male")))
ETHNIC_GROUP = Question(
    "ethnic-group",
    "What is your ethnic group?",
    (
        Answer("asian", "Asian or Asian British"),
        Answer("black", "Black, Black British, Caribbean or African"),
        Answer("mixed", "Mixed or multiple ethnic groups"),
        Answer("white", "White"),
        Answer("other", "Other ethnic group"),
    ),
    hint="White includes Irish, Gypsy, Irish Traveller and Roma. Other includes Arab.",
)
DISABILITY = Question(
    "disability",
    "Do you have a physical or mental health condition or illness that limits what you can do day to day?",
    (
        Answer("limited-a-lot", "Yes, it limits me a lot"),
        Answer("limited-a-little", "Yes, it limits me a little"),
        Answer("not-limited", "No"),
    ),
    hint="One that has lasted, or is expected to last, 12 months or more.",
)
STANDARD: Mapping[str, Question] = {each.name: each for each in (AGE, SEX, ETHNIC_GROUP, DISABILITY)}
SHORT_NAMES = {"age": "Age", "sex": "Sex", "ethnic-group": "Ethnic group", "disability": "Disability"}
DIMENSIONS: Mapping[str, tuple[str, ...]] = {
    "age": ("age", "age_16plus", "age_band"),
    "sex": ("sex", "sex_16plus"),
    "ethnic-group": ("ethnic_group", "ethnicity", "ethnic_group_16plus"),
    "disability": ("disability", "disabled", "disability_16plus"),
}
"""What files of figures call the standard questions, the likeliest first."""
LABELS: Mapping[str, tuple[str, ...]] = {
    "female": ("f", "female", "females", "women"),
    "male": ("m", "male", "males", "men"),
    "limited-a-lot": ("disabled", "limited a lot", "yes"),
    "limited-a-little": ("disabled", "limited a little", "yes"),
    "not-limited": ("not disabled", "not limited", "no"),
}
"""What files call the groups of some answers; the groups of the others begin with the same word."""


def asked(
    names: Sequence[str], own: Sequence[Question], figures: Mapping[str, Sequence[str]], lowest_age: int
) -> tuple[Question, ...]:
    """The questions of a round, each answer with its group in the figures (groups by dimension) where there is one."""
    chosen = [STANDARD[name] for name in STANDARD if name in names]
    return tuple(against(question, figures, lowest_age) for question in (*chosen, *own))


def against(question: Question, figures: Mapping[str, Sequence[str]], lowest_age: int) -> Question:
    """The question with its dimension and groups taken from the figures; the bands of ages come from there too."""
    known = DIMENSIONS.get(question.name, (question.name.replace("-", "_"), question.name))
    dimension = next((name for name in known if name in figures), "")
    groups = figures.get(dimension, ())
    if question.name == "age":
        bands = [band for band in (groups or AGES) if is_inside(band, lowest_age)] or list(AGES)
        answers = tuple(Answer(band, age_label(band), band if dimension else "") for band in bands)
    else:
        answers = tuple(replace(answer, group=_group_of(answer, groups)) for answer in question.answers)
    return replace(question, answers=answers, dimension=dimension)


def _group_of(answer: Answer, groups: Sequence[str]) -> str:
    """The group of the figures an answer belongs to: one of its known names, its own label, or the same first word."""
    names = {*LABELS.get(answer.value, ()), answer.label.casefold()}
    exact = [group for group in groups if group.casefold() in names]
    alike = [
        group for group in groups if answer.value not in LABELS and _first_word(group) == _first_word(answer.label)
    ]
    return next(iter(exact or (alike if len(alike) == 1 else [])), "")


def _first_word(label: str) -> str:
    return re.split(r"[^\w]+", label.strip().casefold(), maxsplit=1)[0]


def own_question(title: str, lines: str) -> Question:
    """A question of the council's own from what an officer typed, one answer a line. Raises QuestionNotUsable."""
    title, labels = title.strip(), [line.strip() for line in lines.splitlines() if line.strip()]
    if not FEWEST_ANSWERS <= len(labels) <= MOST_ANSWERS:
        raise QuestionNotUsable(f"Give {FEWEST_ANSWERS} to {MOST_ANSWERS} answers to “{title}”, one on each line")
    too_long = next((label for label in (title, *labels) if len(label) > LONGEST_LABEL), "")
    if too_long:
        raise QuestionNotUsable(f"“{too_long[:30]}…” is longer than {LONGEST_LABEL} characters")
    values = [slug(label) for label in labels]
    if len(set(values)) < len(values) or PREFER_NOT in values:
        raise QuestionNotUsable(f"Two answers to “{title}” are alike, or one is “{PREFER_NOT_LABEL}”, which is added")
    answers = tuple(Answer(value, label) for value, label in zip(values, labels, strict=True))
    return Question(slug(title), title, answers)


def screens_of(questions: Sequence[Question]) -> tuple[tuple[Question, ...], ...]:
    """The pages: age and sex together on the first, because without them a ward has too little data; then one each."""
    first = tuple(question for question in questions if question.name in ("age", "sex"))
    rest = tuple((question,) for question in questions if question not in first)
    return ((first,) if first else ()) + rest


def groups_answered(questions: Sequence[Question], answers: Mapping[str, str]) -> dict[str, str | None]:
    """By dimension of the figures, the group a voter's answers put them in; None where it is not known."""
    return {
        question.dimension: _group_answered(question, answers.get(question.name, ""))
        for question in questions
        if question.dimension
    }


def _group_answered(question: Question, value: str) -> str | None:
    return next((answer.group or None for answer in question.answers if answer.value == value), None)
