"""Checks of the settings, the content and the model."""

import asyncio

from assistant import checks, models, settings_check
from assistant.doctor.finding import Finding


def settled() -> Finding:
    """Look at the settings."""
    mistakes = settings_check.mistakes()
    if mistakes:
        return Finding(
            "settings", "failed", f"{len(mistakes)} mistakes, first: {mistakes[0]}", "b12 settings check lists them"
        )
    doubts = settings_check.doubts()
    if doubts:
        return Finding(
            "settings", "warning", f"{len(doubts)} doubtful, first: {doubts[0]}", "b12 settings check lists them"
        )
    return Finding("settings", "ok", "without a mistake")


def content() -> Finding:
    """Check the cards, facts, questions and whatever else ``b12 check`` looks at."""
    problems = checks.check()
    if problems:
        return Finding("content", "failed", f"{len(problems)} problems, first: {problems[0]}", "b12 check lists them")
    return Finding("content", "ok", checks.summary())


def model() -> Finding:
    """Look whether there is a model for the present data."""
    path = models.to_serve()
    tested = models.in_use()
    return Finding(
        "model",
        "ok",
        f"{path.name} fits the data" + ("" if tested else "; b12 upgrade has not tested it against another"),
    )


def loaded_model() -> Finding:
    """Load the model and ask it the golden questions."""
    there = model()
    from assistant import logs, quiet, training_imports

    quiet.settle()
    training_imports.defer()
    logs.configure()
    from assistant.server import load_agent

    asyncio.run(load_agent(models.to_serve()))
    return Finding("model", "ok", f"{there.seen}, loads and passes the golden questions")
