"""What every test may use: the repository's own folders, and copies of its dataset to break."""

import re
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("fast", max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("fast")


@pytest.fixture(scope="session")
def repository():
    """The root of the repository."""
    return Path(__file__).parents[1]


@pytest.fixture(scope="session")
def copy_dataset(repository):
    """Copy the repository's dataset into a folder, as version 1.0.0 and without what was published of it."""

    def copy(root):
        for name in ("raw", "schemas", "transforms", "checks"):
            ignored = shutil.ignore_patterns("__pycache__", "articles")
            shutil.copytree(repository / name, root / name, ignore=ignored)
        text = (repository / "pyproject.toml").read_text(encoding="utf-8")
        table = text.index("[tool.factpack]")
        first = re.sub(r'^version = "[0-9.]+"$', 'version = "1.0.0"', text[table:], count=1, flags=re.MULTILINE)
        (root / "pyproject.toml").write_text(text[:table] + first, encoding="utf-8")
        return root

    return copy


@pytest.fixture
def dataset(copy_dataset, tmp_path):
    """A copy of the repository's dataset as version 1.0.0."""
    return copy_dataset(tmp_path)
