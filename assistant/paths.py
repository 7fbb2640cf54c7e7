"""Where the project's files are."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "data"
GUIDANCE = DATA / "guidance"
NLU = DATA / "nlu"
SAFETY = DATA / "safety"
MODELS = ROOT / "models"
DOCS = ROOT / "docs"
QUESTIONS = ROOT / "tests" / "questions"
# Questions by somebody who knew neither the training questions nor the rules.
QUESTIONS_UNSEEN = ROOT / "tests" / "questions_unseen"


def shown(path: Path) -> str:
    """Return ``path`` as people know it: relative to the project where it lies inside."""
    try:
        return str(path.relative_to(ROOT))
    except ValueError:
        return str(path)
