"""What every test may use: the repository's own folders, and copies of its dataset to break."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("fast", max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("fast")


@pytest.fixture(scope="session")
def repository():
    """The root of the repository."""
    return Path(__file__).parents[1]
