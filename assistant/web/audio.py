"""The kiosk's answers read aloud: rendered beforehand, one file an answer, so that staff can listen to all of them first.

The page's own voices are no help: Debian's Chromium has none.
"""

import shutil
import subprocess

from assistant import reply as replies
from assistant.errors import AssistantError
from assistant.guidance import library as guidance
from assistant.web.assets import STATIC

FOLDER = STATIC / "audio"
# Words a minute. Slower than the voice's usual 175: these are long words for people who wait in a noisy room.
PACE = 150
# Kilobits a second; speech is clear, and a minute takes 180 kB.
BITRATE = 24
_TOOLS = {"espeak-ng": "espeak-ng", "opusenc": "opus-tools"}


def address(topic: str, version: str) -> str | None:
    """Return where an answer's audio is served; None where none was rendered for this version of the card."""
    name = _name(topic, version)
    return f"/assets/audio/{name}" if (FOLDER / name).is_file() else None


def render() -> tuple[int, int]:
    """Render what is missing and delete what is out of date.

    Returns:
        How many files were rendered, and how many there are.

    Raises:
        AssistantError: a tool is missing or failed, or the pages aren't built.
    """
    missing = [package for tool, package in _TOOLS.items() if shutil.which(tool) is None]
    if missing:
        raise AssistantError(f"To render audio, install {' and '.join(missing)}: apt-get install {' '.join(missing)}.")
    if not (STATIC / "manifest.json").exists():
        raise AssistantError("The pages are not built yet. Run make web first.")
    FOLDER.mkdir(exist_ok=True)
    wanted = {_name(topic, version): text for topic, version, text in _answers()}
    for path in FOLDER.glob("*"):
        if path.name not in wanted:
            path.unlink()
    absent = {name: text for name, text in wanted.items() if not (FOLDER / name).exists()}
    for name, text in absent.items():
        _speak(text, name)
    (STATIC / "manifest.json").touch()  # a running server then lists the files anew
    return len(absent), len(wanted)


def _answers() -> list[tuple[str, str, str]]:
    made = [replies.answer([topic]) for topic in guidance.load().cards if replies.texts().may_show(topic)]
    return [(one.topics[0], str(one.answers[0]["version"]), one.text.replace("**", "")) for one in made]


def _name(topic: str, version: str) -> str:
    return f"{topic}.{version}.ogg"


def _speak(text: str, name: str) -> None:
    unfinished = FOLDER / f"{name}.part"
    try:
        # Paragraphs become pauses: espeak-ng ends a sentence at a blank line.
        spoken = subprocess.run(
            ["espeak-ng", "-v", "en-gb", "-s", str(PACE), "--stdin", "--stdout"],
            input=text.encode(),
            capture_output=True,
            check=True,
        )
        subprocess.run(
            ["opusenc", "--quiet", "--bitrate", str(BITRATE), "-", str(unfinished)],
            input=spoken.stdout,
            capture_output=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise AssistantError(f"{name} could not be rendered: {error}. Try the command by hand.") from None
    unfinished.rename(FOLDER / name)
