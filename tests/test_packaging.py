"""The wheel holds all that the program needs: it is built, installed where nothing else is, and asked for a page."""

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The bin folder of an environment that has the wheel and what it depends on, away from the checkout."""
    folder = tmp_path_factory.mktemp("packaging")
    subprocess.run([sys.executable, "-m", "build", "--wheel", "--outdir", folder, ROOT], check=True, capture_output=True)
    venv.create(folder / "env", with_pip=True)
    wheel = next(folder.glob("*.whl"))
    pip = subprocess.run([folder / "env/bin/pip", "install", "--quiet", wheel], capture_output=True, text=True)
    if "No matching distribution" in pip.stderr:
        pytest.skip("the package index cannot be reached, so the wheel's dependencies cannot be installed")
    assert pip.returncode == 0, pip.stderr
    return folder / "env/bin"


def test_an_installed_wheel_answers_a_page_of_the_sample(installed, tmp_path):
    """Vocabulary, configuration, queries and sample are found in the wheel, not in the checkout."""
    command = [installed / "pqlod", "query", "/answeredquestions.json?_pageSize=1"]
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}

    answer = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)

    assert answer.returncode == 0, answer.stderr
    assert len(json.loads(answer.stdout)["result"]["items"]) == 1
