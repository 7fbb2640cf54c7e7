"""The public answers: a page a topic that works without script and prints well."""

from assistant import reply as replies
from assistant.contents import once
from assistant.guidance.groups import groups
from assistant.web import render


@once
def index() -> bytes:
    """Return the page that lists all answers."""
    cards = replies.texts().library.cards
    listed = {
        name: [(topic, cards[topic].title) for topic in topics if topic in cards]
        for name, topics in groups().groups.items()
    }
    return render.render("answers.html", groups=listed).encode()


def page(topic: str) -> bytes | None:
    """Return a topic's page, which says so where it must be signed first; None where there is no such topic."""
    return _page(topic) if topic in replies.texts().library.cards else None


@once
def _page(topic: str) -> bytes:
    said = replies.texts()
    card = said.library.cards[topic]
    if not said.may_show(topic):
        reply = replies.answer([topic])
        text = reply.text.removesuffix(reply.steer).strip()
        return render.render("withheld.html", title=card.title, text=text, steer=reply.steer).encode()
    made = {version: replies.answer([topic], version=version) for version in ("short", "more")}
    sources = {source["id"]: source for reply in made.values() for source in reply.answers[0]["sources"]}
    return render.render(
        "answer.html",
        topic=topic,
        card=card,
        review=said.review(topic),
        texts={version: reply.answers[0]["text"] for version, reply in made.items()},
        summary=card.short[0].text.replace("**", ""),
        steer=made["short"].steer,
        sources=list(sources.values()),
        version=made["short"].answers[0]["version"],
        related=[(other, said.library.cards[other].title) for other in card.related if other in said.library.cards],
    ).encode()
