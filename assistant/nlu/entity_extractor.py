"""The entities as a Rasa component: medicines, conditions, groups of people, forms of B12 and regions named in a message."""

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc
from spacy.util import filter_spans

from assistant.guidance import entities
from assistant.guidance.entities import Entities
from assistant.nlu.english import WORDS
from assistant.nlu.language import english
from assistant.nlu.spelling import Speller

# Names are looked for in so many letters of a message.
MOST_LETTERS = 2000
_SEPARATOR = "\t"
# A name behind one of these, or behind one of these and another word, isn't meant: "i'm not vegan", "no heart condition".
_NEGATIONS = {"not", "no", "never", "n't", "isnt", "isn't", "arent", "aint", "without", "non"}


class NameFinder:
    """Finds the names with spaCy's PhraseMatcher, the longest first, one slip in a longer word forgiven."""

    def __init__(self, known: Entities) -> None:
        self._language = english()
        self._matcher = PhraseMatcher(self._language.vocab, attr="LOWER")
        words: set[str] = set()
        for kind, entity in known:
            docs = [self._language.make_doc(name) for name in entity.names]
            self._matcher.add(f"{kind}{_SEPARATOR}{entity.name}", docs)
            words.update(token.lower_ for doc in docs for token in doc if len(doc) == 1)
        self._speller = Speller(words)

    def find(self, text: str, words: Doc | None = None) -> list[dict[str, Any]]:
        """Return Rasa's entities of a message: ``entity``, ``value``, ``start``, ``end``.

        Args:
            text: the message, normalised. words: its words, where they were made already.
        """
        doc = words if words and len(text) <= MOST_LETTERS else self._language.make_doc(text[:MOST_LETTERS])
        corrected = Doc(self._language.vocab, words=[self._speller.correct(token.lower_) for token in doc])
        found = []
        for span in filter_spans(self._matcher(corrected, as_spans=True)):
            if any(token.lower_ in _NEGATIONS for token in doc[max(span.start - 2, 0) : span.start]):
                continue
            kind, name = span.label_.split(_SEPARATOR)
            last = doc[span.end - 1]
            found.append({"entity": kind, "value": name, "start": doc[span.start].idx, "end": last.idx + len(last)})
        return found


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class EntityExtractor(GraphComponent, EntityExtractorMixin):
    """Sets the entities of each message."""

    def __init__(self) -> None:
        self._finder = NameFinder(entities.known())

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "EntityExtractor":
        """Create the component (see Rasa's GraphComponent)."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the names found in each message."""
        for message in messages:
            found = self.add_extractor_name(self._finder.find(message.get(TEXT) or "", message.get(WORDS)))
            message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
        return messages
