"""The consumer's side: open a published package wherever it is, verify it, prove and cite what is in it."""

from factpack.reader.package import Evidence, Fact, Package, open  # noqa: A004 - factpack.open, as gzip.open
from factpack.reader.proof import check as check_proof
from factpack.reader.verification import check

__all__ = ["Evidence", "Fact", "Package", "check", "check_proof", "open"]
