"""The house rules a machine can check: file sizes, and that docs name only what exists."""

import re
from pathlib import Path

import pytest
import typer.main

from dashboard_api.cli.commands import app

ROOT = Path(__file__).resolve().parents[1]
DOCS = sorted(ROOT.glob("*.md"))
PYTHON_LINES = 400
WEB_LINES = 250
BOOTSTRAP_COMMANDS = {"setup"}  # handled by the script before Python exists
FOLDERS = ("models", "ingest", "vision", "geo", "alerts", "dashboard_api", "web", "tests", ".ci")


def _own(pattern: str) -> list[Path]:
    """Return the project's files, also where it came without git."""
    found = (path for folder in FOLDERS for path in (ROOT / folder).rglob(pattern))
    return [path for path in found if not {"node_modules", "dist"} & set(path.parts)]


def test_no_file_hides_a_second_thing() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for pattern, limit in (("*.py", PYTHON_LINES), ("*.ts", WEB_LINES), ("*.tsx", WEB_LINES))
        for path in _own(pattern)
        if "migrations" not in path.parts
        and path.name != "schema.ts"  # generated from the OpenAPI description
        and (lines := len(path.read_text().splitlines())) > limit
    }
    assert long == {}


@pytest.mark.parametrize("document", DOCS, ids=lambda p: p.name)
def test_documents_name_paths_that_exist(document: Path) -> None:
    named = re.findall(r"`((?:[\w.-]+/)+[\w.-]*)`", document.read_text())
    ours = [name for name in named if name.split("/")[0] in FOLDERS]
    built = {"web/dist", "web/node_modules"}
    missing = [
        name for name in ours if name.rstrip("/") not in built and not (ROOT / name).exists()
    ]
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)\)", document.read_text())
    missing += [link for link in links if not (ROOT / link).exists()]
    assert missing == []


@pytest.mark.parametrize("document", DOCS, ids=lambda p: p.name)
def test_documents_name_commands_that_exist(document: Path) -> None:
    group = typer.main.get_command(app)
    commands = set(getattr(group, "commands", {})) | BOOTSTRAP_COMMANDS
    named = set(re.findall(r"\./ahual ([a-z]+)", document.read_text()))
    assert named - commands == set()
