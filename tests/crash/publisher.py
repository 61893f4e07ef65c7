"""Publish the project in a folder with the real engine: what is interrupted, again and again."""

import sys
from pathlib import Path

from factpack import pipeline, project
from factpack.errors import FactpackError

root = Path(sys.argv[1])
try:
    loaded = project.load(root)
    published = pipeline.publish(loaded, pipeline.validate(loaded, suites=False))
except FactpackError as error:
    sys.exit(str(error))
sys.exit(0 if published.outcome else "not published")
