"""``b12 settings``, as an operator sees it."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant import paths
from assistant.cli import app

GOOD = """name: Elm
phone: "020 7946 0018"
region: us
languages: [English]
web: {public_url: "https://b12.example", sites: ["https://www.example.org"]}
"""
STRONG = "b1946ac92492d2347c6235b4d2611184b1946ac92492d2347c6235b4d2611184"


@pytest.fixture
def clinic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "clinic.yml"
    path.write_text(GOOD)
    monkeypatch.setenv("B12_CLINIC", str(path))
    monkeypatch.setenv("B12_SECRET", STRONG)
    return path


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["settings", *arguments], env={"COLUMNS": "400"})
    return result.exit_code, result.output


def test_good_settings_are_said_to_be_good(clinic: Path) -> None:
    assert run("check") == (0, "✓ The settings can be used.\n")


def test_all_mistakes_are_named_at_once_each_with_its_place(clinic: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clinic.write_text(GOOD.replace("region: us", "region: mars") + "fax: 1\n")
    monkeypatch.setenv("B12_WEB__CHAT_MINUTES", "1")
    monkeypatch.setenv("DATABASE_URL", "mysql://host/db")
    monkeypatch.setenv("REDIS_URL", "http://host")
    monkeypatch.setenv("B12_SECRET", "hunter2")
    monkeypatch.setenv("B12_STORAGE_KEY", "hunter3")
    code, said = run("check")
    assert code == 1
    for part in (
        f"{clinic}:3: region",
        f"{clinic}:6: fax",
        "B12_WEB__CHAT_MINUTES",
        "DATABASE_URL",
        "REDIS_URL",
        "B12_SECRET must have",
        "B12_STORAGE_KEY",
        "7 to mend",
    ):
        assert part in said
    assert "hunter" not in said


def test_a_file_that_is_no_yaml_is_named_with_its_line(clinic: Path) -> None:
    clinic.write_text("name: [Elm\n")
    code, said = run("check")
    assert code == 1 and f"{clinic}:2: not valid YAML" in said


def test_a_wrong_telegram_token_is_named(clinic: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "hunter2")
    code, said = run("check")
    assert code == 1 and "TELEGRAM_BOT_TOKEN is not a bot's token" in said and "hunter2" not in said


@pytest.mark.parametrize(
    ("old", "new", "variables", "said"),
    [
        ('phone: "020 7946 0018"', "phone: null", {}, ":2: no phone is set"),
        ("name: Elm", "name: your clinic", {}, ":1: the name is still"),
        ('public_url: "https://b12.example", ', "", {}, "no QR code"),
        ("https://b12.example", "http://b12.example", {}, "without encryption"),
        (', sites: ["https://www.example.org"]', "", {}, "no website may show the chat"),
        ("", "", {"B12_PHONE": "null"}, "B12_PHONE: no phone is set"),
        ("", "", {"DATABASE_URL": "postgresql://host/db"}, "B12_STORAGE_KEY: not set, so no words are kept"),
        ("", "", {"DATABASE_URL": "postgresql://host/db", "B12_SECRET": ""}, "B12_SECRET: not set"),
        ("", "", {"DATABASE_URL": "postgresql://host/db"}, "REDIS_URL: not set"),
        ("", "", {"B12_SECRET": "a" * 40}, "B12_SECRET: easy to guess"),
        ("", "", {"B12_STORAGE_KY": "x"}, "Did you mean B12_STORAGE_KEY?"),
        ("", "", {"TELEGRAM_WEBHOOK_URL": "https://x.example"}, "Telegram is off"),
        (
            "",
            "",
            {"B12_KEEP_HOURS": "1", "B12_STORAGE__KEEP_HOURS": "2"},
            "B12_KEEP_HOURS: B12_STORAGE__KEEP_HOURS is set too",
        ),
    ],
)
def test_what_is_doubtful_is_said_and_is_no_failure(
    clinic: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, variables: dict[str, str], said: str
) -> None:
    clinic.write_text(GOOD.replace(old, new) if old else GOOD)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    code, output = run("check")
    assert code == 0
    assert said in output


def test_names_that_kubernetes_sets_are_no_doubt(clinic: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("B12_SERVICE_HOST", "B12_SERVICE_PORT_HTTP", "B12_PORT", "B12_PORT_5005_TCP_ADDR"):
        monkeypatch.setenv(name, "10.0.0.1")
    assert "10.0.0.1" not in run("check")[1] and "nothing reads" not in run("check")[1]


def test_the_settings_in_force_are_shown_with_where_they_come_from(
    clinic: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("B12_WEB__CHAT_MINUTES", "20")
    monkeypatch.setenv("LOG_FORMAT", "json")
    monkeypatch.setenv("DATABASE_URL", "postgresql://user:hunter2@host:5432/db")
    monkeypatch.setenv("REDIS_URL", "redis://:hunter3@host")
    code, said = run("show")
    assert code == 0
    cells = {
        row[0].strip(): [cell.strip() for cell in row[1:3]]
        for row in (line.strip("│").split("│") for line in said.splitlines())
        if len(row) > 2
    }
    assert cells["web.chat_minutes"] == ["20", "B12_WEB__CHAT_MINUTES"]
    assert cells["logs.format"] == ["json", "LOG_FORMAT"]
    assert cells["web.limits.open_chats_by_address"] == ["500", "default"]
    assert cells["region"] == ["us", f"{clinic}:3"]
    assert cells["DATABASE_URL"] == ["postgresql: host:5432/db", "environment"]
    assert cells["REDIS_URL"] == ["hidden", "environment"]
    assert cells["B12_SECRET"] == ["hidden", "environment"]
    assert "hunter" not in said and STRONG not in said


def test_looking_at_the_settings_makes_no_secret(clinic: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("B12_SECRET")
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    assert run("check")[0] == 0 and run("show")[0] == 0
    assert not (tmp_path / "var").exists()
