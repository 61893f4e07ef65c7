"""Inclusion proofs: that one row is in a version, shown to someone who holds nothing but the version's root.

A proof carries the cells of the row as they are hashed, the audit path to the root of its table, and the path from
there to the root of the package, which the manifest holds and a signature or a citation pins (RFC 9162, 2.1.3).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from factpack import merkle
from factpack.errors import ConfigurationError, IntegrityError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import polars as pl

Proof = dict[str, Any]
KIND = "urn:factpack:proof:v1"


def prove(
    manifest: Mapping[str, Any],
    table: str,
    parts: Iterable[pl.DataFrame],
    key: Sequence[str],
    wanted: Mapping[str, str],
) -> Proof:
    """Give the proof that the row with the key `wanted` is in a table of the version that a manifest describes.

    The rows come in parts, in order, of which one is held at a time.

    Raises:
        ConfigurationError: there is no such row.
    """
    release = manifest["predicate"]
    row, cells = _row(table, parts, key, wanted)
    names = sorted(release["tables"])
    tops = [merkle.table_leaf(name, release["tables"][name]["root"]) for name in names]
    return {
        "type": KIND,
        "package": release["name"],
        "version": release["version"],
        "table": table,
        "cells": cells,
        "row": row,
        "table_root": release["tables"][table]["root"],
        "tables": _step(tops, names.index(table)),
        "root": release["root"],
    }


def _row(
    table: str, parts: Iterable[pl.DataFrame], key: Sequence[str], wanted: Mapping[str, str]
) -> tuple[dict[str, Any], list[list[str]]]:
    """Find a row in the parts of its table: the way from it to the root, and its cells."""
    offset, count = 0, 0
    others: list[merkle.Span] = []
    own: tuple[list[bytes], int, int] = ([], 0, 0)
    cells: list[list[str]] = []
    for rows in parts:
        leaves = merkle.leaves(rows, key)
        found = leaves.with_row_index("index").filter(**wanted)
        hashes = [bytes.fromhex(one) for one in leaves["leaf"]]
        if found.height == 1:
            own = (hashes, offset, offset + found.item(0, "index"))
            cells = [list(cell) for cell in merkle.cells(rows.filter(**wanted))]
        else:
            others += merkle.spans(hashes, offset)
        offset, count = offset + rows.height, count + found.height
    if count != 1:
        raise ConfigurationError(f"{count} rows of {table} have {dict(wanted)}, expected one.")
    hashes, first, index = own
    path = merkle.audit_path(hashes, index, first, others)
    return {"index": index, "size": offset, "path": [one.hex() for one in path]}, cells


def _step(hashes: list[bytes], index: int) -> dict[str, Any]:
    path = [one.hex() for one in merkle.audit_path(hashes, index)]
    return {"index": index, "size": len(hashes), "path": path}


def check(proof: Proof, root: str) -> dict[str, str]:
    """Check a proof against the root of a version, and give the row that it proves.

    Raises:
        IntegrityError: the proof is malformed, or does not lead from its row to the root.
    """
    try:
        if proof["type"] != KIND:
            raise IntegrityError(f"this is a {proof['type']!r}, expected {KIND!r}.")
        row = [(str(name), str(kind), str(text)) for name, kind, text in proof["cells"]]
        table = bytes.fromhex(proof["table_root"])
        steps = (
            (merkle.leaf(row), proof["row"], table),
            (merkle.table_leaf(proof["table"], proof["table_root"]), proof["tables"], bytes.fromhex(root)),
        )
        held = all(
            merkle.verify(leaf, step["index"], step["size"], [bytes.fromhex(one) for one in step["path"]], top)
            for leaf, step, top in steps
        )
    except (KeyError, TypeError, ValueError) as error:
        raise IntegrityError(f"not a proof that can be read: {error!r}.") from error
    if not held:
        raise IntegrityError(f"the proof does not lead from its row to the root {root}.")
    return {name: text for name, _, text in row}
