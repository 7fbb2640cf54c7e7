"""``b12 settings``."""

import typer
from rich.console import Console
from rich.table import Table

app = typer.Typer(help="Look at the settings: clinic.yml and the environment.", no_args_is_help=True)


@app.command(epilog="Example: b12 settings check && b12 serve")
def check() -> None:
    """Say what is wrong with the settings, all at once, and what is doubtful. Ends with 1 if something is wrong."""
    from assistant import settings_check

    console = Console(soft_wrap=True, highlight=False)
    mistakes = settings_check.mistakes()
    for problem in mistakes:
        console.print("[bold red]✗[/]", end=" ")
        console.print(str(problem), markup=False)
    if mistakes:
        console.print(f"{len(mistakes)} to mend")
        raise typer.Exit(1)
    for doubt in settings_check.doubts():
        console.print("[yellow]![/]", end=" ")
        console.print(doubt, markup=False)
    console.print("[green]✓[/] The settings can be used.")


@app.command(epilog="Example: B12_WEB__CHAT_MINUTES=20 b12 settings show")
def show() -> None:
    """Print every setting in force and where it comes from: the file, a variable or the default. Secrets are hidden."""
    from assistant import settings_check

    table = Table("setting", "value", "from")
    table.columns[0].no_wrap = True
    table.columns[2].overflow = "fold"  # a path is of no use cut off
    for setting in settings_check.shown():
        table.add_row(setting.name, setting.value, setting.source)
    Console(highlight=False, markup=False).print(table)
