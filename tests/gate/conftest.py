"""A repository of a dataset, as those who run its gate have it."""

import pytest
from tests.gate.repositories import git

from factpack import pipeline, project, scaffold


@pytest.fixture
def example(tmp_path):
    """The example of `factpack init`, committed."""
    root = tmp_path / "work"
    scaffold.start(root)
    pipeline.ground(project.load(root), write=True)
    git(root, "init", "--quiet", "--initial-branch=main")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message=facts")
    return root
