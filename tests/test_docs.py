"""Every command and every example of the docs runs as it stands, in an empty folder and an empty home."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
GUIDES = ["start", "gate", "curators", "extractors", "consumers", "security", "great-expectations"]


def environment(home):
    """What a person has who has just installed factpack."""
    kept = {name: os.environ[name] for name in ("LANG", "LC_ALL", "FACTPACK_CACHE") if name in os.environ}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    who = {f"GIT_{who}_{what}": "a@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    return kept | who | {"HOME": str(home), "PATH": path}


@pytest.mark.parametrize("name", GUIDES)
def test_the_commands_of_a_guide_run(repository, tmp_path, name):
    text = (repository / "docs" / f"{name}.md").read_text(encoding="utf-8")
    script = ["set -euo pipefail"]
    for number, (language, content) in enumerate(FENCE.findall(text)):
        if language == "sh":
            script.append(content)
        elif language == "python":
            (tmp_path / f"example-{number}.py").write_text(content, encoding="utf-8")
            script.append(f"python {tmp_path}/example-{number}.py")
    folder = tmp_path / "empty"
    folder.mkdir()
    done = subprocess.run(
        ["bash", "-c", "\n".join(script)],
        cwd=folder,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    # What a guide shows to fail does fail: each says so with what it ended with.
    assert done.stdout.count("ended with 1") == text.count('echo "ended with $?"')
    assert "Traceback" not in done.stderr


def test_the_page_of_the_rules_is_the_one_the_command_writes(repository):
    from factpack import rulebook

    assert (repository / "docs" / "rules.md").read_text(encoding="utf-8") == rulebook.page()


def test_every_code_that_is_emitted_has_its_page(repository):
    from factpack.rulebook import RULES

    sources = [path.read_text(encoding="utf-8") for path in (repository / "src" / "factpack").rglob("*.py")]
    used = {code for text in sources for code in re.findall(r"\bFP\d{3}\b", text)}
    assert used == set(RULES)


def test_links_lead_to_files(repository):
    for page in [repository / "README.md", *(repository / "docs").glob("*.md")]:
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_page_is_in_the_navigation_and_every_picture_is_there(repository):
    """What the builder of the site does not look at; links between pages it does."""
    import tomllib

    docs = repository / "docs"
    chapters = tomllib.loads((repository / "zensical.toml").read_text(encoding="utf-8"))["project"]["nav"]
    listed = [page for chapter in chapters for pages in chapter.values() for page in pages]
    assert sorted(listed) == sorted(path.name for path in docs.glob("*.md"))
    pictures = {
        picture
        for path in docs.glob("*.md")
        for picture in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", path.read_text(encoding="utf-8"))
    }
    assert pictures == {path.name for path in docs.iterdir() if path.suffix in {".svg", ".png"}}
