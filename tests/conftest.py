"""What every test may use: the repository's own folders, and copies of its dataset to break."""

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


@pytest.fixture
def dataset(repository, tmp_path):
    """A copy of the repository's dataset, without what was published of it."""
    for name in ("raw", "schemas", "transforms", "checks"):
        ignored = shutil.ignore_patterns("__pycache__", "articles")
        shutil.copytree(repository / name, tmp_path / name, ignore=ignored)
    shutil.copy(repository / "pyproject.toml", tmp_path)
    return tmp_path
