"""What `[tool.factpack]` may say, and what is said back when it says something else."""

import pytest

from factpack import project
from factpack.errors import ConfigurationError

GOOD = """
[tool.factpack]
name = "facts"
version = "1.0.0"
title = "Facts"
description = "Some facts."
licence = "CC-BY-4.0"
"""


def write(folder, text):
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")
    return folder


def test_a_project_is_read(tmp_path):
    loaded = project.load(write(tmp_path, GOOD + 'keywords = ["a"]\n'))
    assert (loaded.name, loaded.version, loaded.keywords) == ("facts", "1.0.0", ("a",))
    assert loaded.published == tmp_path / "published" / "facts"
    assert loaded.relative(tmp_path / "raw" / "x.csv") == "raw/x.csv"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (GOOD.replace("[tool.factpack]", "[tool.other]"), r"\[tool.factpack\] is missing"),
        (GOOD + "licens = 'x'\n", "no key 'licens'. Did you mean 'licence'"),
        (GOOD.replace('title = "Facts"\n', ""), "lacks title"),
        (GOOD.replace('"1.0.0"', "1"), "version must be of type str, not 1"),
        (GOOD.replace("1.0.0", "1.0"), "not a semantic version"),
        (GOOD.replace("1.0.0", "01.0.0"), "not a semantic version"),
        (GOOD.replace('"facts"', '"../facts"'), "lower-case letters"),
        (GOOD + "phrase_words = 0\n", "1 or more"),
        (GOOD + "phrase_words = true\n", "must be of type int"),
        (GOOD + "keywords = [1]\n", "holds 1, which is not text"),
        (GOOD + 'contributors = [{title = "x"}]\n', "title, role"),
        (GOOD + "= broken", "not valid TOML"),
    ],
)
def test_a_wrong_configuration_says_what_is_wrong(tmp_path, text, says):
    with pytest.raises(ConfigurationError, match=says):
        project.load(write(tmp_path, text))


def test_no_project_says_what_to_do(tmp_path):
    with pytest.raises(ConfigurationError, match="Run factpack in the folder of a dataset"):
        project.load(tmp_path)


def test_a_broken_file_of_the_project_is_named_with_its_line(tmp_path):
    file = tmp_path / "facts.py"
    file.write_text("x = 1\n\ny = x / 0\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"facts.py:3: ZeroDivisionError"):
        project.load_module(file)
    file.write_text("x = 1\ndef broken(:\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"facts.py:2: SyntaxError"):
        project.load_module(file)
