"""Makes the report: reads the database, writes files, or prints the page (``python -m assistant.report.make DAYS``, for the server).

The server has the page made in a process of its own: counting and drawing hold Python's lock for a second, and turns must not wait.
"""

import csv
import datetime
import sys
from pathlib import Path

from assistant import paths
from assistant.errors import AssistantError
from assistant.guidance import library
from assistant.report import figures, page, rows
from assistant.report.figures import Table
from assistant.report.rows import Rows
from assistant.storage import commands, database


def write(days: int, folder: Path) -> list[Path]:
    """Write the report on the last days: a page and a CSV file for each table.

    Args:
        days: how many, today among them.
        folder: where; made if it isn't there.

    Returns:
        The files, the page first.

    Raises:
        AssistantError: the database or the folder can't be used.
    """
    found = _read(days)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        shown = folder / "report.html"
        shown.write_text(_page(found), encoding="utf-8")
        return [shown, *(_write_csv(table, folder) for table in figures.tables(found, _titles()).values())]
    except OSError as error:
        raise AssistantError(
            f"The report can't be written to {paths.shown(folder)} ({error.strerror}). Name a folder you may write to: --out"
        ) from None


def _write_csv(table: Table, folder: Path) -> Path:
    path = folder / f"{table.name}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(table.columns)
        writer.writerows(table.rows)
    return path


def _read(days: int) -> Rows:
    with commands.usable() as engine:
        database.migrate(engine)
        with engine.connect() as connection:
            return rows.read(connection, days, _now().date())


def _page(found: Rows) -> str:
    return page.page(found, _titles(), _now())


def _titles() -> dict[str, str]:
    return {topic: card.title for topic, card in library.load().cards.items()}


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


if __name__ == "__main__":
    sys.stdout.write(_page(_read(int(sys.argv[1]))))
