"""What factpack does, from end to end: the one layer that knows the order of things."""

from factpack.pipeline.cluster import Clustered
from factpack.pipeline.cluster import validate as validate_on_cluster
from factpack.pipeline.dataset import Validated, keys_of, known, part, validate
from factpack.pipeline.parted import publish as publish_from_cluster
from factpack.pipeline.versions import (
    Published,
    archive,
    changed,
    check_proof,
    compare,
    publish,
    validate_package,
    verify,
)
from factpack.pipeline.words import Grounded, draft, ground, import_langextract

__all__ = [
    "Clustered",
    "Grounded",
    "Published",
    "Validated",
    "archive",
    "changed",
    "check_proof",
    "compare",
    "draft",
    "ground",
    "import_langextract",
    "keys_of",
    "known",
    "part",
    "publish",
    "publish_from_cluster",
    "validate",
    "validate_on_cluster",
    "validate_package",
    "verify",
]
