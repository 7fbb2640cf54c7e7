"""The image's files are enough to serve, and nothing else gets in; compose and nginx read their files.

There is no container engine here, so the image's last stage is made by hand: what the Containerfile copies, read-only, run by
somebody who may write nowhere else than in /tmp.
"""

import fnmatch
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from assistant import models, paths, settings
from tests.conftest import free_port
from tests.tools import debian, run, tool

DEPLOY = paths.ROOT / "deploy"
NOBODY = 65534


def copied() -> list[str]:
    """What the stage that makes the application copies from the project."""
    stage = (DEPLOY / "Containerfile").read_text().split("AS python")[1].split("\nFROM")[0]
    lines = re.findall(r"^COPY (?!--from)(.+)$", stage, re.MULTILINE)
    return [source.rstrip("/") for line in lines for source in line.split()[:-1]]


def let_in() -> list[str]:
    """What .dockerignore lets into the build."""
    return [line[1:] for line in (paths.ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]


def kept_out() -> list[str]:
    lines = (paths.ROOT / ".dockerignore").read_text().splitlines()
    return [line for line in lines if (line and line[0] not in "#!*") or line.startswith("**/")]


def compose() -> dict[str, Any]:
    return yaml.safe_load((DEPLOY / "compose.yml").read_text())


def as_nobody() -> list[str]:
    """A command's beginning that lets it read everything, Python's own folder may be root's, and write nothing."""
    rights = ["--inh-caps", "--ambient-caps", "--bounding-set"]
    who = ["--reuid", str(NOBODY), "--regid", str(NOBODY), "--clear-groups"]
    return [debian("setpriv", "util-linux"), *who, *(f"{right}=-all,+dac_read_search" for right in rights)]


def test_hadolint_finds_no_fault() -> None:
    run(tool("hadolint"), str(DEPLOY / "Containerfile"))


def test_everything_that_is_copied_is_there_and_let_in() -> None:
    for source in copied():
        assert (paths.ROOT / source).exists(), source
        assert source in let_in()
    assert "web" in let_in()


def test_no_secret_model_or_database_of_a_developer_gets_in() -> None:
    assert (paths.ROOT / ".dockerignore").read_text().splitlines()[1] == "*"
    for name in ("models", "var", ".git", "deploy", "tests", ".venv"):
        assert name not in let_in()
    assert any(fnmatch.fnmatch("assistant/web/static", pattern) for pattern in kept_out())


def test_the_image_runs_without_root_and_stops_in_order() -> None:
    last = (DEPLOY / "Containerfile").read_text().split("\nFROM")[-1]
    assert "USER 10001:10001" in last
    assert 'CMD ["b12", "serve"' in last  # not by a shell, which would keep the signal for itself


def test_the_images_files_serve_read_only_and_as_nobody(model: Path, tmp_path: Path) -> None:
    """What is missing from the image, or writes where it may not, fails here."""
    if os.getuid() != 0:
        pytest.skip("needs root to become somebody else")
    app = Path("/tmp") / f"b12-image-{os.getpid()}"
    try:
        app.mkdir(mode=0o755)
        for source in copied():
            given = paths.ROOT / source
            if given.is_dir():
                shutil.copytree(given, app / source, ignore=shutil.ignore_patterns("__pycache__", "static"))
            else:
                shutil.copy(given, app / source)
        (app / "models").mkdir()
        shutil.copy(model, app / "models" / model.name)
        for path in [app, *app.rglob("*")]:
            path.chmod(0o555 if path.is_dir() else 0o444)
        state = tmp_path / "state"
        state.mkdir()
        for path in (state, *state.parents[:3]):
            path.chmod(path.stat().st_mode | 0o755)
        shutil.chown(state, NOBODY, NOBODY)
        port = free_port()
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(app),
            "PYTHONDONTWRITEBYTECODE": "1",
            "HOME": str(state),
            "TMPDIR": str(state),
            "MPLCONFIGDIR": str(state),
            "DATABASE_URL": f"sqlite:///{state}/b12.sqlite",
            "B12_SECRET": "a secret of the test, long enough",
            "LOG_FORMAT": "json",
        }
        with (tmp_path / "log.txt").open("wb") as log:
            process = subprocess.Popen(
                [*as_nobody(), sys.executable, "-P", "-m", "assistant.cli", "serve", "--port", str(port)],
                cwd=app,
                env=environment,
                stdout=log,
                stderr=log,
            )
        try:
            deadline = time.monotonic() + 120
            while "Ready:" not in (tmp_path / "log.txt").read_text():
                assert process.poll() is None and time.monotonic() < deadline, (tmp_path / "log.txt").read_text()[
                    -2000:
                ]
                time.sleep(0.2)
            assert (
                httpx.get(f"http://127.0.0.1:{port}/ready", timeout=10).json()["model"] == models.fitting_model().name
            )
            answer = httpx.post(
                f"http://127.0.0.1:{port}/webhooks/rest/webhook",
                json={"sender": "somebody", "message": "does it hurt"},
                timeout=30,
            )
            assert answer.json()[0]["custom"]["kind"] == "answer"
            process.send_signal(signal.SIGTERM)
            process.wait(30)
        finally:
            process.kill()
            process.wait()
    finally:
        for path in [app, *app.rglob("*")]:
            if path.is_dir():
                path.chmod(0o755)
        shutil.rmtree(app)


def test_compose_reads_its_file(tmp_path: Path) -> None:
    program = debian("docker-compose", "docker-compose")
    for name in ("compose.yml", "clinic.compose.yml"):
        shutil.copy(DEPLOY / name, tmp_path / name)
    for name in ("secrets", "database"):
        shutil.copy(DEPLOY / f"{name}.example.env", tmp_path / f"{name}.env")
    run(program, "-f", str(tmp_path / "compose.yml"), "--profile", "telegram", "config", "--quiet")


def test_three_replicas_that_may_write_nothing_are_behind_nginx() -> None:
    services = compose()["services"]
    replicas = [name for name in services if name.startswith("assistant-")]
    assert len(replicas) == 3
    upstream = (DEPLOY / "nginx" / "upstream.conf").read_text()
    for name in replicas:
        service = services[name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert f"server {service['networks']['inside']['ipv4_address']}:5005" in upstream
    assert compose()["networks"]["inside"]["internal"] is True
    assert "ports" not in services["postgres"] | services["redis"]


def test_the_proxy_of_compose_is_the_one_that_is_trusted() -> None:
    clinic = settings.load(DEPLOY / "clinic.compose.yml")
    assert clinic.web.trusted_proxies == [compose()["services"]["nginx"]["networks"]["inside"]["ipv4_address"]]


def test_nginx_reads_its_files(tmp_path: Path) -> None:
    shutil.copytree(DEPLOY / "nginx", tmp_path / "nginx")
    run(debian("nginx", "nginx"), "-t", "-c", str(tmp_path / "nginx" / "nginx.conf"))


def test_the_yaml_files_are_in_order() -> None:
    written = (
        "{extends: default, rules: {line-length: disable, document-start: disable, braces: disable, comments: disable}}"
    )
    files = [str(path) for path in DEPLOY.rglob("*.yml") if "templates" not in path.parts]
    run(tool("yamllint"), "--strict", "-d", written, *files, str(DEPLOY / "helm/b12-assistant/values.yaml"))
