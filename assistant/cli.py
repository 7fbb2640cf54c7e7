"""``b12``: the command line."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from assistant import paths
from assistant.errors import AssistantError

app = typer.Typer(
    help="Answers questions about vitamin B12 deficiency and B12 injections, from vetted guidance.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
)
console = Console(stderr=True)


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.")] = 5005,
    model: Annotated[
        Path | None, typer.Option(help="A model other than models/b12-<content>.tar.gz; it must fit the content.")
    ] = None,
    remote_actions: Annotated[bool, typer.Option(help="Call the action server that the endpoints name.")] = False,
    endpoints: Annotated[
        Path, typer.Option(help="Rasa's file of endpoints: action server, tracker store, lock store.")
    ] = paths.ROOT / "endpoints.yml",
    workers: Annotated[
        int, typer.Option(min=1, help="Processes that answer; several need REDIS_URL and a model's memory each.")
    ] = 1,
) -> None:
    """Serve the assistant; train first if no model fits the data."""
    if model is None:
        _train(force=False)
    console.print("Loading the model and asking it the golden questions (about 15 seconds) ...")
    from assistant import server

    server.serve(host, port, model=model, remote_actions=remote_actions, endpoints_file=endpoints, workers=workers)


@app.command()
def train(
    force: Annotated[bool, typer.Option(help="Train even if a model fits the data.")] = False,
    encoder: Annotated[
        bool, typer.Option(help="First teach the encoder anew from the training questions (about 15 minutes).")
    ] = False,
) -> None:
    """Train a model on the present data."""
    if encoder:
        _train_encoder()
    _train(force=force)


@app.command()
def topics() -> None:
    """Write the topics that have a card into domain.yml and data/rules.yml."""
    from assistant import topics as listed

    changed = listed.write()
    print(f"{len(listed.topics())} topics; " + (f"wrote {', '.join(changed)}" if changed else "nothing to change"))


@app.command()
def check() -> None:
    """Check the cards, their facts and sources, the questions, and that all of them fit together."""
    from assistant import checks

    problems = checks.check()
    for problem in problems:
        print(problem)
    if problems:
        print(f"{len(problems)} problems")
        raise typer.Exit(1)
    print(checks.summary())


@app.command()
def evaluate(
    folds: Annotated[int, typer.Option(help="Folds of the cross-validation; 0 leaves it out.")] = 5,
) -> None:
    """Measure the model on the held-out questions, by topic and kind, and by cross-validation."""
    _train(force=False)
    from assistant.evaluation.evaluate import evaluate as measure

    measure(Console(), folds=folds)


@app.command()
def report(
    days: Annotated[int, typer.Option(min=1, max=3660, help="So many days, today among them.")] = 30,
    out: Annotated[Path, typer.Option(help="The folder to write to.")] = paths.ROOT / "build" / "report",
) -> None:
    """Write what people ask, what is refused and how answers are rated: a page and CSV files, without anybody's words."""
    from assistant.report import make

    for path in make.write(days, out):
        print(paths.shown(path))


@app.command()
def refused() -> None:
    """Show what was refused or asked back about, grouped by meaning; from conversations whose words are still kept."""
    from assistant.report import teaching

    teaching.show(Console())


@app.command()
def learn(
    topic: Annotated[str, typer.Argument(help="The topic that the questions belong to, a file of data/nlu.")],
    texts: Annotated[list[str] | None, typer.Argument(help="The questions, each in quotes.")] = None,
    group: Annotated[int | None, typer.Option(min=1, help="Learn a group of 'b12 refused', by its number.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask before the questions are added.")] = False,
    measure: Annotated[bool, typer.Option(help="Train, and show how right the answers were and are.")] = False,
) -> None:
    """Add questions that were refused to a topic's training questions."""
    from assistant.report import teaching

    if measure:
        _train(force=False)
        teaching.measure(Console(), "Before")
    teaching.learn(Console(), topic, texts or [], group, ask=not yes)
    if measure:
        _train(force=False)
        teaching.measure(Console(), "After")


@app.command()
def migrate() -> None:
    """Bring the database's tables up to date; the server does it too when it starts."""
    from assistant.storage import commands

    print(commands.migrate())


@app.command()
def forget_old() -> None:
    """Delete the conversations and records whose time is over; a running server does it every few minutes."""
    from assistant.storage import commands

    print(commands.forget_old())


@app.command()
def conversation(
    sender: Annotated[str, typer.Argument(help="The id that the conversation was opened with.")],
) -> None:
    """Show what is kept of a conversation, to look into a reply that went wrong."""
    from assistant.storage import commands

    print(commands.conversation(sender))


@app.command()
def new_key() -> None:
    """Print a new key for B12_STORAGE_KEY."""
    from cryptography.fernet import Fernet

    print(Fernet.generate_key().decode())


@app.command()
def audio() -> None:
    """Render the kiosk's answers as audio, where espeak-ng and opus-tools are installed."""
    from assistant.web import audio as spoken

    made, all_of_them = spoken.render()
    print(f"{all_of_them} answers have audio; {made} were rendered now.")


@app.command()
def chat() -> None:
    """Talk to the assistant in the terminal."""
    _train(force=False)
    from assistant import chat as conversation

    conversation.talk()


@app.command()
def telegram() -> None:
    """Answer on Telegram by polling; the token is read from TELEGRAM_BOT_TOKEN."""
    _train(force=False)
    console.print("Loading the model and asking it the golden questions (about 15 seconds) ...")
    from assistant.channels.telegram import polling

    polling.run()


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []})
def rasa(context: typer.Context) -> None:
    """Run Rasa's own command line with its telemetry off: b12 rasa train, b12 rasa shell, b12 rasa test nlu ..."""
    from assistant import quiet

    quiet.settle()
    from rasa.__main__ import main as rasa_main

    sys.argv = ["rasa", *context.args]
    rasa_main()


def _train(*, force: bool) -> None:
    from assistant import models

    if force or not models.fitting_model().exists():
        console.print("Training a model on the present data (about a minute) ...")
    path = models.train(force=force)
    console.print(f"Model: {path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path}")


def _train_encoder() -> None:
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from assistant.nlu import adapter, adapter_training
    from assistant.nlu.questions import read_questions

    shown = [question for question in read_questions() if not adapter.held_out(question.text)]
    columns: tuple[Any, ...] = (
        TextColumn("Teaching the encoder"),
        BarColumn(),
        TextColumn("loss {task.fields[loss]:.2f}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("steps", loss=0.0)
        tensors = adapter_training.train(
            [question.text for question in shown],
            [question.label for question in shown],
            progress=lambda done, total, loss: bar.update(task, completed=done, total=total, loss=loss),
        )
    adapter.write(tensors)


def main() -> None:
    """Run the command line; a mistake that a person can mend is one line, not a traceback."""
    try:
        app()
    except AssistantError as error:
        console.print(f"[bold red]Error:[/] {escape(str(error))}", highlight=False, soft_wrap=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
