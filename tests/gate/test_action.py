"""The steps of action.yml, as a runner of GitHub runs them: bash, the inputs in variables, files for what it reads."""

import os
import re
import shutil
import subprocess
import sys

import pytest
import yaml
from tests.gate.repositories import damage, git

from factpack import pipeline, project, scaffold

DAMAGE = {
    "a number": (",4,towns", ",5,towns", "FP402"),
    "a percentage": (",61,percent", ",161,percent", "FP205"),
    "a date": (",2021,,", ",2022,,", "FP605"),
    "words": ("now has four member towns", "now has five member towns", "FP601"),
    "an id": ("gazette-cold-haven-joined,", "gazette-dunsby-joined,", "FP115"),
    "an entity": ("cold-haven,joined", "cold-heaven,joined", "FP202"),
    "a letter": ("gazette-passenger-share,harbour", "gazette-passenger-share,h\u0430rbour", "FP106"),
    "a quote": ("founded the league in 2019,", 'founded the league in 2019",', "FP105"),
}


FACTS = "raw/facts/gazette-dunsby.csv"
# What an editor, an export or a broken delivery does to a file: the bytes before, those after, the rule, the line.
DELIVERIES = {
    "a row cut short": (FACTS, b",harbour-league,,,2026-05-04", b"\n", "FP104", 2),
    "a quote of Windows-1252": (FACTS, b"founded the league", b"founded \x93the league", "FP101", 4),
    "no bytes": (FACTS, None, b"", "FP110", None),
    "a header alone": (FACTS, b"\n", b"\n\0", "FP110", None),
    "a misspelt column": (FACTS, b"modifier", b"modifyer", "FP103", 1),
    "a suite of nothing": ("checks/facts.json", None, b'{"table": "facts", "expectations": []}', "FP503", 1),
}


@pytest.fixture(scope="module")
def action(repository):
    return yaml.safe_load((repository / "action.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def runner(action, repository, tmp_path_factory):
    """Install as the action does."""
    temporary = tmp_path_factory.mktemp("runner")
    done, _ = bash(action["runs"]["steps"][1], repository, temporary, {}, repository)
    assert done.returncode == 0, done.stderr
    return temporary


def bash(step, repository, temporary, inputs, folder):
    """Run a step; an expression may stand in its variables only, never in its script."""
    assert "${{" not in step["run"]
    known = {"github.action_path": str(repository), "runner.temp": str(temporary)}
    known |= {f"inputs.{name}": value for name, value in inputs.items()}
    variables = {
        name: re.sub(r"\$\{\{ (\S+) \}\}", lambda found: known[found[1]], value) for name, value in step["env"].items()
    }
    summary = temporary / "summary.md"
    summary.write_text("", encoding="utf-8")
    path = f"{os.path.dirname(sys.executable)}{os.pathsep}{os.environ['PATH']}"  # noqa: PTH120
    ours = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary), "PATH": path}
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
    done = subprocess.run(
        command, cwd=folder, env=os.environ | ours | variables, capture_output=True, text=True, check=False
    )
    return done, summary.read_text(encoding="utf-8")


def gate(action, repository, runner, folder, **inputs):
    given = {name: str(one["default"]) for name, one in action["inputs"].items()}
    given |= {name.replace("_", "-"): value for name, value in inputs.items()}
    return bash(action["runs"]["steps"][2], repository, runner, given, folder)


def release(root):
    """Publish what is committed, and commit the version."""
    loaded = project.load(root)
    validated = pipeline.validate(loaded, suites=False)
    assert validated.report.passed(), validated.report.counted()
    outcome = pipeline.publish(loaded, validated).outcome
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message=a version")
    return outcome.version


def drop(root, start, file=FACTS):
    """Take the lines out of a raw file that start so, and commit."""
    path = root / file
    lines = path.read_text("utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(start)]
    assert len(kept) < len(lines)
    path.write_text("".join(kept), encoding="utf-8")
    git(root, "commit", "--quiet", "--all", "--message=fewer")


def titles(done):
    return set(re.findall(r"^::error .*title=(\w+)", done.stdout, re.MULTILINE))


def test_a_clean_change_passes(action, repository, runner, example):
    done, summary = gate(action, repository, runner, example)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "## factpack: passed" in summary


@pytest.mark.parametrize("what", DAMAGE)
def test_damage_stops_a_pull_request_at_its_line(action, repository, runner, example, what):
    old, new, code = DAMAGE[what]
    damage(example, old, new)
    lines = (example / "raw/facts/gazette-dunsby.csv").read_text("utf-8").splitlines()
    # Of an id that two rows have, the second is at fault.
    line = max(number for number, text in enumerate(lines, 1) if new in text)
    done, summary = gate(action, repository, runner, example, suites="false", sarif="f.sarif", junit="f.xml")
    assert done.returncode == 1, done.stdout + done.stderr
    places = re.findall(r"^::error file=([^,]+),line=(\d+),col=\d+,title=(FP\d+)", done.stdout, re.MULTILINE)
    assert ("raw/facts/gazette-dunsby.csv", str(line), code) in places
    assert "## factpack: failed" in summary
    assert (example / "f.sarif").is_file()
    assert (example / "f.xml").is_file()


@pytest.mark.parametrize("what", DELIVERIES)
def test_a_broken_delivery_stops_a_pull_request(action, repository, runner, example, what):
    file, old, new, code, line = DELIVERIES[what]
    content = (example / file).read_bytes()
    assert old is None or old in content
    changed = new if old is None else content.replace(old, new, 1)
    (example / file).write_bytes(changed.partition(b"\0")[0])
    suites = "true" if file.startswith("checks") else "false"
    done, summary = gate(action, repository, runner, example, suites=suites)
    assert done.returncode == 1, done.stdout + done.stderr
    places = re.findall(r"^::error file=([^,]+)(?:,line=(\d+))?.*?,title=(FP\d+)", done.stdout, re.MULTILINE)
    assert (file, code, line and str(line)) in {(name, found, at if line else None) for name, at, found in places}
    assert "## factpack: failed" in summary


def test_a_missing_membership_is_counted(action, repository, runner, example):
    path = example / "raw/facts/gazette-dunsby.csv"
    kept = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("gazette-cold-haven")]
    path.write_text("\n".join(kept) + "\n", encoding="utf-8")
    done, _ = gate(action, repository, runner, example, suites="false")
    assert done.returncode == 1
    assert "stated as 4, counted 3" in done.stdout


def test_only_what_changed_since_the_base_counts(action, repository, runner, example):
    damage(example, ",4,towns", ",5,towns")
    git(example, "commit", "--quiet", "--all", "--message=wrong before")
    done, _ = gate(action, repository, runner, example, suites="false", changed_since="HEAD")
    assert done.returncode == 0, done.stdout
    damage(example, ",61,percent", ",62,percent")
    done, _ = gate(action, repository, runner, example, suites="false", changed_since="HEAD")
    assert done.returncode == 1
    assert set(re.findall(r"title=(FP\d+)", done.stdout)) == {"FP605"}


def test_code_comes_from_the_revision_that_is_trusted(action, repository, runner, example):
    """A stranger's change to a schema, a transform or a check is not run."""
    witness = example / "witness"
    for folder in ("schemas", "transforms"):
        with (example / folder / "facts.py").open("a", encoding="utf-8") as file:
            file.write(f"\nopen({str(witness)!r}, 'w')\n")
    (example / "checks" / "expectations").mkdir()
    (example / "checks" / "expectations" / "evil.py").write_text(f"open({str(witness)!r}, 'w')\n", encoding="utf-8")
    done, _ = gate(action, repository, runner, example, trusted="main")
    assert done.returncode == 0, done.stdout + done.stderr
    assert not witness.exists()
    done, _ = gate(action, repository, runner, example, trusted="no-such-branch")
    assert done.returncode != 0


# A membership goes with the count that would tell of it.
@pytest.mark.parametrize("facts", [["gazette-cold-haven-joined", "gazette-member-count"], ["gazette-passenger-share"]])
@pytest.mark.parametrize("again", [False, True])
def test_who_deletes_what_was_published_is_held_against_it_all_the_same(
    action, repository, runner, example, facts, again
):
    """Even where a version without the fact stands in its place, which is whole in itself."""
    release(example)
    git(example, "switch", "--quiet", "--create", "change")
    shutil.rmtree(example / "published")
    for fact in facts:
        drop(example, fact)
    pipeline.ground(project.load(example), write=True)
    git(example, "commit", "--quiet", "--all", "--message=locked")
    if again:
        release(example)
    done, summary = gate(action, repository, runner, example, suites="false", trusted="main")
    assert done.returncode == 1, done.stdout + done.stderr
    assert titles(done) == {"FP702", "factpack"}
    assert all(f"{fact} was published and is gone" in done.stdout for fact in facts)
    assert "## factpack: failed" in summary


@pytest.mark.parametrize("again", [False, True])
def test_who_deletes_what_was_published_hides_no_drift(action, repository, runner, tmp_path, again):
    root, file = tmp_path / "work", tmp_path / "towns.csv"
    file.write_text("town\n" + "".join(f"{kind}-{number}\n" for kind in "ab" for number in range(20)), encoding="utf-8")
    scaffold.around(root, (file,))
    damage(root, "PROPOSED = True\n", "", "schemas/towns.py")
    git(root, "init", "--quiet", "--initial-branch=main")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message=towns")
    version = release(root)
    git(root, "switch", "--quiet", "--create", "change")
    drop(root, "b-", "raw/tables/towns.csv")
    if again:
        # The next version, as whoever wants to hide the loss would publish it: nothing that stood is touched.
        damage(root, 'licence = "CC-BY-4.0"', 'licence = "CC-BY-4.0"\ndrift = 0.9', "pyproject.toml")
        git(root, "commit", "--quiet", "--all", "--message=look away")
        assert release(root) != version
    else:
        shutil.rmtree(root / "published")
    done, _ = gate(action, repository, runner, root, suites="false", trusted="main")
    assert done.returncode == 1, done.stdout + done.stderr
    assert titles(done) == ({"FP731"} if again else {"FP731", "factpack"})


def test_a_change_may_publish_the_next_version(action, repository, runner, example):
    first = release(example)
    git(example, "switch", "--quiet", "--create", "change")
    damage(example, ",Four towns now,", ",Now four towns,", "raw/sources.csv")
    git(example, "commit", "--quiet", "--all", "--message=a title")
    assert release(example) != first
    done, _ = gate(action, repository, runner, example, suites="false", trusted="main", diff="diff.md")
    assert done.returncode == 0, done.stdout + done.stderr
    # Also the review sees what the change does, where the version that it publishes already holds it.
    assert "sources: 1 row changed (patch)" in (example / "diff.md").read_text("utf-8")


def test_a_change_may_publish_the_first_version(action, repository, runner, example):
    git(example, "switch", "--quiet", "--create", "change")
    release(example)
    done, _ = gate(action, repository, runner, example, suites="false", trusted="main")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("how", "seen"),
    [("a byte", {"FP711", "factpack"}), ("the whole version", {"factpack"}), ("the list", {"FP712"})],
)
def test_what_a_change_does_to_published_versions_is_seen(action, repository, runner, example, how, seen):
    version = release(example)
    git(example, "switch", "--quiet", "--create", "change")
    home = next((example / "published").glob("*/latest.json")).parent
    if how == "a byte":
        damage(example, "Aldermouth", "Aldermoutt", (home / f"v{version}/data/facts.csv").relative_to(example))
    elif how == "the list":
        (home / "versions.json").write_text("[]\n", encoding="utf-8")
    else:
        shutil.rmtree(example / "published")
        damage(example, ",Four towns now,", ",Now four towns,", "raw/sources.csv")
        git(example, "commit", "--quiet", "--all", "--message=another first version")
        assert release(example) == version
    git(example, "commit", "--quiet", "--all", "--allow-empty", "--message=altered")
    done, _ = gate(action, repository, runner, example, suites="false", trusted="main")
    assert done.returncode == 1, done.stdout + done.stderr
    assert titles(done) == seen
    done, _ = gate(action, repository, runner, example, suites="false", trusted="main", fail_on="never")
    assert done.returncode == 0, done.stdout + done.stderr


def test_an_input_is_never_read_as_script(action, repository, runner, example):
    evil = '"; touch witness; echo "$(touch witness)'
    gate(action, repository, runner, example, suites="false", fail_on=evil, baseline=evil, sarif=evil)
    assert not (example / "witness").exists()


def test_the_difference_is_written_for_the_review(action, repository, runner, example):
    loaded = project.load(example)
    pipeline.publish(loaded, pipeline.validate(loaded, suites=False))
    damage(example, ",Four towns now,", ",Now four towns,", "raw/sources.csv")
    done, _ = gate(action, repository, runner, example, suites="false", diff="diff.md", review="review.html")
    assert done.returncode == 0, done.stdout
    assert "sources: 1 row changed (patch)" in (example / "diff.md").read_text("utf-8")
    assert "<ins>Now four towns</ins>" in (example / "review.html").read_text("utf-8")
    attach = action["runs"]["steps"][3]
    assert attach["with"]["path"] == "${{ inputs.review }}"
