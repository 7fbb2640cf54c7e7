"""``b12``: the command line."""

import gc
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.text import Text

from assistant import cli_settings, paths
from assistant.cli_topics import complete_topic
from assistant.errors import AssistantError

app = typer.Typer(
    help="Answers questions about vitamin B12 deficiency and B12 injections, from vetted guidance.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
)
console = Console(stderr=True)


@app.command(epilog="Example: b12 serve --host 0.0.0.0 --port 8080")
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
    nlu_workers: Annotated[
        int | None,
        typer.Option(
            min=0,
            envvar="B12_NLU_WORKERS",
            help="Processes that understand messages for the one that answers; by default one where there are two cores, two at most.",
        ),
    ] = None,
) -> None:
    """Serve the assistant; train first if no model fits the data."""
    if model is None:
        _train(force=False)
    console.print("Loading the model and asking it the golden questions (some seconds) ...")
    # Nothing of what is imported and loaded now is garbage; the server turns the collector on when it is ready.
    gc.disable()
    from assistant import server

    server.serve(
        host,
        port,
        model=model,
        remote_actions=remote_actions,
        endpoints_file=endpoints,
        workers=workers,
        nlu_workers=nlu_workers,
    )


@app.command(epilog="Example: b12 train --force")
def train(
    force: Annotated[bool, typer.Option(help="Train even if a model fits the data.")] = False,
    encoder: Annotated[
        bool, typer.Option(help="First teach the encoder anew from the training questions (about 17 minutes).")
    ] = False,
) -> None:
    """Train a model on the present data."""
    if encoder:
        _train_encoder()
    _train(force=force)


@app.command(epilog="Example: b12 topics && b12 check")
def topics() -> None:
    """Write the topics that have a card into domain.yml and data/rules.yml."""
    from assistant import topics as listed

    changed = listed.write()
    print(f"{len(listed.topics())} topics; " + (f"wrote {', '.join(changed)}" if changed else "nothing to change"))


@app.command(epilog="Example: b12 check")
def check() -> None:
    """Check the cards, their facts and sources, the questions, and that all of them fit together."""
    from assistant import checks

    with console.status("Checking (some seconds) ..."):
        problems = checks.check()
    for problem in problems:
        print(problem)
    if problems:
        print(f"{len(problems)} problems")
        raise typer.Exit(1)
    print(checks.summary())


@app.command(epilog="Example: b12 review frequency --html frequency.html")
def review(
    topic: Annotated[
        str | None,
        typer.Argument(autocompletion=complete_topic, help="A card to show whole; without it, all cards are listed."),
    ] = None,
    html: Annotated[Path | None, typer.Option(help="Write it as a page in one file instead.")] = None,
) -> None:
    """List the cards by the day of their review, or show one as people see it, with its facts and what changed since it was signed."""
    import datetime

    from assistant import reply
    from assistant.review import card, listing, page, terminal

    said, today = card.unrestricted(reply.texts()), datetime.date.today()
    if topic is None:
        rows = listing.rows(said, today)
        if html is None:
            _wide().print(listing.table(rows))
            return
        text = page.listing(rows, today)
    else:
        card.find(topic, said.library)
        versions = card.shown(topic, said)
        if html is None:
            terminal.print_review(topic, versions, said, Console())
            return
        text = page.review(topic, versions, said, today)
    _write(html, text)
    print(f"Wrote {html}")


@app.command(epilog='Example: b12 sign frequency --name "A. Nurse" --role "practice nurse" --registration 12A3456E')
def sign(
    topic: Annotated[str, typer.Argument(autocompletion=complete_topic, help="The card that was reviewed.")],
    name: Annotated[str, typer.Option(help="Who reviewed it.")],
    role: Annotated[str, typer.Option(help="Their profession, for example 'practice nurse'.")],
    registration: Annotated[str, typer.Option(help="Their number in the register of their profession.")],
    note: Annotated[str | None, typer.Option(help="What is to be known with it.")] = None,
) -> None:
    """Record in data/guidance/reviews.yml who reviewed a card as it is now."""
    from assistant.review import signing

    made = signing.sign(topic, name, role, registration, note)
    print(
        f"{made.name} signed '{topic}' version {made.version} on {made.date}. A running server shows it after 'b12 upgrade' or a restart."
    )


@app.command(epilog="Example: b12 preview frequency --open")
def preview(
    topic: Annotated[str, typer.Argument(autocompletion=complete_topic, help="The card.")],
    open_page: Annotated[bool, typer.Option("--open", help="Also open it in the browser.")] = False,
) -> None:
    """Check a card and show it at once as people see it; nothing is trained."""
    from assistant.review import preview as previews

    problems = previews.preview(topic, Console())
    if open_page and not problems:
        import tempfile

        page = Path(tempfile.mkdtemp(prefix="b12-")) / f"{topic}.html"
        review(topic, html=page)
        typer.launch(str(page))
    if problems:
        raise typer.Exit(1)


@app.command(epilog="Example: b12 leaflet --all --out leaflets")
def leaflet(
    topic: Annotated[str | None, typer.Argument(autocompletion=complete_topic, help="The card.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Of every card.")] = False,
    out: Annotated[Path, typer.Option(help="The folder to write to.")] = Path("leaflets"),
) -> None:
    """Write printable leaflets, each as a page and as a PDF."""
    if (topic is None) != every:
        raise AssistantError("Name one topic, or ask for all: b12 leaflet --all")
    from assistant.review import leaflet as leaflets

    written, left_out = leaflets.write([topic] if topic else None, out)
    print(f"Wrote {written} leaflets, as .html and .pdf, to {out}.")
    if left_out:
        print(f"Left out because nobody has signed them as they are: {', '.join(left_out)}")


@app.command(epilog="Example: b12 evaluate --folds 0")
def evaluate(
    folds: Annotated[int, typer.Option(help="Folds of the cross-validation; 0 leaves it out.")] = 5,
) -> None:
    """Measure the model on the held-out questions, by topic and kind, and by cross-validation."""
    _train(force=False)
    from assistant.evaluation.evaluate import evaluate as measure

    measure(Console(), folds=folds)


@app.command(epilog="Example: b12 report --days 7")
def report(
    days: Annotated[int, typer.Option(min=1, max=3660, help="So many days, today among them.")] = 30,
    out: Annotated[Path, typer.Option(help="The folder to write to.")] = paths.ROOT / "build" / "report",
) -> None:
    """Write what people ask, what is refused and how answers are rated: a page and CSV files, without anybody's words."""
    from assistant.report import make

    for path in make.write(days, out):
        print(paths.shown(path))


@app.command(epilog="Example: b12 refused")
def refused() -> None:
    """Show what was refused or asked back about, grouped by meaning; from conversations whose words are still kept."""
    from assistant.report import teaching

    teaching.show(Console())


@app.command(epilog='Example: b12 learn storage_and_travel "can my jabs go in hand luggage" --measure')
def learn(
    topic: Annotated[
        str,
        typer.Argument(
            autocompletion=complete_topic, help="The topic that the questions belong to, a file of data/nlu."
        ),
    ],
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


@app.command(epilog="Example: DATABASE_URL=postgresql://user:password@host:5432/b12 b12 migrate")
def migrate() -> None:
    """Bring the database's tables up to date; the server does it too when it starts."""
    from assistant.storage import commands

    print(commands.migrate())


@app.command(epilog="Example: b12 forget-old")
def forget_old() -> None:
    """Delete the conversations and records whose time is over; a running server does it every few minutes."""
    from assistant.storage import commands

    print(commands.forget_old())


@app.command(epilog="Example: b12 conversation my-id")
def conversation(
    sender: Annotated[str, typer.Argument(help="The id that the conversation was opened with.")],
) -> None:
    """Show what is kept of a conversation, to look into a reply that went wrong."""
    from assistant.storage import commands

    print(commands.conversation(sender))


@app.command(epilog="Example: export B12_STORAGE_KEY=$(b12 new-key)")
def new_key() -> None:
    """Print a new key for B12_STORAGE_KEY."""
    from cryptography.fernet import Fernet

    print(Fernet.generate_key().decode())


app.add_typer(cli_settings.app, name="settings")


@app.command(epilog="Example: b12 doctor --quick")
def doctor(
    quick: Annotated[bool, typer.Option("--quick", help="Leave out loading the model (some seconds).")] = False,
    host: Annotated[str, typer.Option(help="Where the server listens, or would.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Its port.")] = 5005,
) -> None:
    """Look at the whole installation and say how to mend what isn't well. Ends with 1 if something failed."""
    from rich.table import Table

    from assistant import quiet, training_imports

    quiet.settle()
    training_imports.defer()
    from assistant.doctor.examine import examine
    from assistant.doctor.machine import Place

    table = Table("", "check", "found", "to mend")
    signs, failed = {"ok": "[green]✓[/]", "warning": "[yellow]![/]", "failed": "[bold red]✗[/]"}, 0
    with console.status("Looking ..."):
        for found in examine(Place(host, port), quick=quick):
            failed += found.state == "failed"
            table.add_row(signs[found.state], found.name, Text(found.seen), Text(found.mend))
    Console(highlight=False).print(table)
    if failed:
        raise typer.Exit(1)


@app.command(epilog="Example: git pull && b12 upgrade")
def upgrade() -> None:
    """Test the present data and its model against the version in use; take them if they are no worse, else end with 1.

    A model is trained if none fits. Running servers take the new version over by themselves, without losing a message.
    """
    from rich.progress import Progress

    from assistant import logs, models, quiet, training_imports

    if models.in_use():
        print("The present data are in use already.")
        return
    quiet.settle()
    training_imports.defer()
    from assistant import upgrade as upgrades

    logs.configure()
    bar = Progress(console=console)
    task = bar.add_task("Testing")

    def progress(done: int, total: int) -> None:
        bar.start()  # only now: training shows its own
        bar.update(task, completed=done, total=total)

    try:
        new, old = upgrades.run(lambda: _train(force=False), progress)
    finally:
        bar.stop()
    for name, figures in (("in use until now", old), ("now", new)):
        if figures:
            print(
                f"{name}: {figures.right_or_offered} of {len(figures.inside)} questions right or offered, {figures.wrong} wrong answers, "
                f"{sum(figures.urgent.values())} of {len(figures.urgent)} urgent messages caught"
            )
    if old is None:
        print("There was nothing to compare with; the next version is held against these figures.")
    print("Taken. A running server answers with it in half a minute: GET /health shows the model and the content.")


@app.command(epilog="Example: b12 audio")
def audio() -> None:
    """Render the kiosk's answers as audio, where espeak-ng and opus-tools are installed."""
    from assistant.web import audio as spoken

    with console.status("Rendering (about a minute the first time) ..."):
        made, all_of_them = spoken.render()
    print(f"{all_of_them} answers have audio; {made} were rendered now.")


@app.command(epilog="Example: b12 chat")
def chat() -> None:
    """Talk to the assistant in the terminal."""
    _train(force=False)
    from assistant import chat as conversation

    console.print("Loading the model and asking it the golden questions (some seconds) ...")
    conversation.talk()


@app.command(epilog="Example: TELEGRAM_BOT_TOKEN=123456:ABC b12 telegram")
def telegram() -> None:
    """Answer on Telegram by polling; the token is read from TELEGRAM_BOT_TOKEN."""
    _train(force=False)
    console.print("Loading the model and asking it the golden questions (some seconds) ...")
    from assistant.channels.telegram import polling

    polling.run()


@app.command(
    epilog="Example: b12 rasa test nlu --nlu data/nlu",
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []},
)
def rasa(context: typer.Context) -> None:
    """Run Rasa's own command line with its telemetry off: b12 rasa train, b12 rasa shell, b12 rasa test nlu ..."""
    from assistant import quiet

    quiet.settle()
    from rasa.__main__ import main as rasa_main

    sys.argv = ["rasa", *context.args]
    rasa_main()


def _wide() -> Console:
    """Return a console for a table: as wide as the terminal, and wide enough where it goes into a file."""
    return Console() if sys.stdout.isatty() else Console(width=180)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise AssistantError(f"{path} can't be written ({error.strerror}). Choose another place.") from None


def _train(*, force: bool) -> Path:
    from assistant import models

    if force or not models.fitting_model().exists():
        with console.status("Training a model on the present data (about two minutes) ..."):
            path = models.train(force=force)
    else:
        path = models.fitting_model()
    console.print(f"Model: {path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path}")
    return path


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
