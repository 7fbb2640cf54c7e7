"""Checks the training questions: enough of them, truly different ones, none that is also a test question."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from assistant import paths, yaml_lines
from assistant.errors import ContentError
from assistant.nlu.english import plain
from assistant.nlu.questions import Question, read_questions

LEAST_A_TOPIC = 30
LEAST_OUT_OF_SCOPE = 250
# Two questions whose words overlap this much teach the same thing.
MOST_OVERLAP = 0.85
# Of short questions only the very same words count: "does it hurt" and "does it work" overlap a lot and differ.
SHORT = 5
_WORD = re.compile(r"\w+|[^\w\s]")


def check(
    topics: list[str],
    cards: dict[str, str],
    folder: Path = paths.NLU,
    tests: tuple[Path, ...] = (paths.QUESTIONS, paths.QUESTIONS_UNSEEN, paths.ROOT / "tests" / "safety"),
) -> list[ContentError]:
    """Return the problems of the training questions.

    Args:
        topics: the intents that need questions, conversation intents included.
        cards: each card's title by topic; a title is tapped as a button, so it must be a known question.
        folder: the training questions. tests: the folders of held-out ones.
    """
    try:
        questions = read_questions(folder)
    except ContentError as error:
        return [error]
    problems = [
        *_files(questions, topics, folder),
        *_counts(questions, topics, folder),
        *_titles(questions, cards, folder),
        *near_duplicates(questions),
        *_tests(questions, tests),
    ]
    return sorted(problems, key=lambda problem: (problem.path, problem.line))


def _files(questions: list[Question], topics: list[str], folder: Path) -> Iterator[ContentError]:
    for question in questions:
        if question.intent != "out_of_scope" and question.path.stem != question.intent:
            yield ContentError(
                question.path,
                question.line,
                f"a question of '{question.intent}' in the wrong file",
                f"move it to {question.intent}.yml",
            )
    for intent in {question.intent for question in questions} - set(topics):
        path = next(question.path for question in questions if question.intent == intent)
        yield ContentError(
            path,
            1,
            f"the intent '{intent}' has no card and no fixed reply",
            f"write data/guidance/cards/{intent}.yml, then run: make topics",
        )


def _counts(questions: list[Question], topics: list[str], folder: Path) -> Iterator[ContentError]:
    counts = Counter(question.intent for question in questions)
    for topic in topics:
        least = LEAST_OUT_OF_SCOPE if topic == "out_of_scope" else LEAST_A_TOPIC
        if counts[topic] < least:
            yield ContentError(
                folder / f"{topic}.yml",
                1,
                f"{counts[topic]} questions for '{topic}'",
                f"write at least {least} that differ",
            )


def _titles(questions: list[Question], cards: dict[str, str], folder: Path) -> Iterator[ContentError]:
    owners = {question.text.lower(): question.intent for question in questions}
    for topic, title in cards.items():
        if owners.get(plain(title).lower()) != topic:
            yield ContentError(
                folder / f"{topic}.yml",
                1,
                f"the card's title '{title}' is not among the questions",
                "add it: it is sent when its button is tapped",
            )


def near_duplicates(questions: list[Question]) -> Iterator[ContentError]:
    """Yield a problem for each question whose words are, but for a few, another's.

    Candidates come from prefix filtering (Chaudhuri et al. 2006): two sets that overlap by 85 % share one of their rarest words.
    """
    sets = [
        frozenset(word.lower() for word in _WORD.findall(question.text)) - frozenset(".,?!'\"")
        for question in questions
    ]
    sets = [words or frozenset([question.text]) for words, question in zip(sets, questions, strict=True)]
    frequency = Counter(word for words in sets for word in words)
    by_word: dict[str, list[int]] = defaultdict(list)
    for index, words in enumerate(sets):
        rarest = sorted(words, key=lambda word: (frequency[word], word))[
            : len(words) - math.ceil(MOST_OVERLAP * len(words)) + 1
        ]
        candidates = {other for word in rarest for other in by_word[word]}
        for other in sorted(candidates):
            if _alike(words, sets[other], questions[index].text, questions[other].text):
                first, second = questions[other], questions[index]
                yield ContentError(
                    second.path,
                    second.line,
                    f"'{second.text}' nearly repeats {first.path.stem}.yml:{first.line} '{first.text}'",
                    "word it quite differently, or drop it",
                )
                break
        for word in rarest:
            by_word[word].append(index)


def _alike(one: frozenset[str], other: frozenset[str], text: str, other_text: str) -> bool:
    if min(len(one), len(other)) < SHORT:
        return _letters(text) == _letters(other_text)
    return len(one & other) / len(one | other) >= MOST_OVERLAP


def _letters(text: str) -> str:
    return re.sub(r"[\s.,?!']+", " ", text.lower()).strip() or text


def _tests(questions: list[Question], tests: tuple[Path, ...]) -> Iterator[ContentError]:
    known = {_letters(question.text): question for question in questions}
    for path in sorted(path for folder in tests for path in folder.glob("*.yml")):
        document = yaml_lines.load(path)
        for index, item in enumerate(document.data or []):
            text = item.get("text", "") if isinstance(item, dict) else item
            question = known.get(_letters(plain(str(text))))
            if question and len(question.text.split()) >= SHORT:
                yield ContentError(
                    question.path,
                    question.line,
                    f"'{question.text}' is a test question ({paths.shown(path)}:{document.line(index)})",
                    "take it out here: a question that was trained on proves nothing",
                )
