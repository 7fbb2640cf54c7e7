"""The topics in groups, as a menu shows them: ``data/topics.yml``."""

from pathlib import Path

from pydantic import BaseModel, Extra, Field, ValidationError

from assistant import paths, yaml_lines
from assistant.contents import once
from assistant.errors import ContentError
from assistant.guidance.schema import Text

MOST_STARTERS = 8


class Groups(BaseModel):
    """``groups``: a group's name and the ids of its topics, in the order shown. ``starters``: the first tiles."""

    starters: list[str] = Field(min_items=1, max_items=MOST_STARTERS)
    groups: dict[Text, list[str]]

    class Config:
        extra = Extra.forbid
        allow_mutation = False

    def of(self, topic: str) -> str:
        """Return the name of a topic's group. Raises KeyError if it is in none."""
        for name, topics in self.groups.items():
            if topic in topics:
                return name
        raise KeyError(topic)


@once
def groups() -> Groups:
    """Read the project's groups once."""
    return load()


def load(path: Path = paths.DATA / "topics.yml") -> Groups:
    """Read the groups. Raises ContentError, which names the line."""
    document = yaml_lines.load(path)
    try:
        return Groups.parse_obj(document.data)
    except ValidationError as error:
        first = error.errors()[0]
        raise ContentError(
            path,
            document.line(*first["loc"]),
            f"{'.'.join(map(str, first['loc']))}: {first['msg']}",
            "correct the value",
        ) from None


def check(topics: list[str], path: Path = paths.DATA / "topics.yml") -> list[ContentError]:
    """Return a problem for each topic that stands in no group or in two, and for each that has no card."""
    try:
        found = load(path)
    except ContentError as error:
        return [error]
    document = yaml_lines.load(path)
    problems, seen = [], set()
    for name, members in found.groups.items():
        for index, topic in enumerate(members):
            line = document.line("groups", name, index)
            if topic not in topics:
                problems.append(ContentError(path, line, f"'{topic}' has no card", "name a topic that has one"))
            if topic in seen:
                problems.append(ContentError(path, line, f"'{topic}' stands in two groups", "keep one of the two"))
            seen.add(topic)
    for index, topic in enumerate(found.starters):
        if topic not in topics:
            line = document.line("starters", index)
            problems.append(ContentError(path, line, f"'{topic}' has no card", "name a topic that has one"))
    for topic in sorted(set(topics) - seen):
        problems.append(
            ContentError(path, 1, f"'{topic}' stands in no group", "put it into the group where it belongs")
        )
    return problems
