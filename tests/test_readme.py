"""What the README shows is so."""

import re
import shlex
import subprocess
import sys

import pytest

FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(repository, language):
    text = (repository / "README.md").read_text(encoding="utf-8")
    return [content for name, content in FENCE.findall(text) if name == language]


def test_every_block_is_run_here_or_by_the_gate(repository):
    text = (repository / "README.md").read_text(encoding="utf-8")
    assert {name for name, _ in FENCE.findall(text)} == {"sh", "python", "console"}
    assert len(blocks(repository, "sh")) == 2, ".ci/run runs the first two sh blocks as they stand"


@pytest.mark.parametrize("number", range(4))
def test_the_package_loads_as_shown(repository, number):
    code = blocks(repository, "python")[number]
    done = subprocess.run([sys.executable, "-c", code], cwd=repository, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip() not in {"", "False", "[]"}


def test_the_finding_is_what_the_command_prints(repository, dataset):
    (session,) = blocks(repository, "console")
    command, _, shown = session.partition("\n")
    path = dataset / "raw" / "facts" / "nation-belarus-sco.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(",10,states", ",11,states", 1), encoding="utf-8")
    arguments = shlex.split(command.removeprefix("$ factpack"))
    done = subprocess.run(
        [sys.executable, "-m", "factpack", *arguments, "--no-suites"],
        cwd=dataset,
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )
    assert shown.strip() in done.stdout
    assert done.returncode == 1


@pytest.mark.parametrize("name", ["publishing.md", "validation.md"])
def test_the_examples_of_the_docs_run(repository, name):
    text = (repository / "docs" / name).read_text(encoding="utf-8")
    examples = [content for language, content in FENCE.findall(text) if language == "python"]
    assert examples
    for code in examples:
        done = subprocess.run([sys.executable, "-c", code], cwd=repository, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.strip()
