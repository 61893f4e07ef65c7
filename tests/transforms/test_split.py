"""What a transform says of its inputs in SPLIT holds: in parts it makes the table that it makes of the whole."""

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from factpack import buckets, pipeline, transforms
from factpack import project as projects
from factpack.errors import ConfigurationError


@pytest.fixture(scope="module")
def validated(repository):
    return pipeline.validate(projects.load(repository), suites=False)


@pytest.fixture(scope="module")
def declared(repository):
    return transforms.load(projects.load(repository))


def in_parts(transform, inputs, count):
    """Make a table of the parts that rows go to, and of no part that has none."""
    split = {name: transform.split[name] or ((inputs[name].columns[0],),) for name in transform.split}
    cut = {name: buckets.cut(inputs[name], keys, count) for name, keys in split.items()}
    for bucket in sorted({bucket for parts in cut.values() for bucket in parts}):
        part = {name: parts.get(bucket, inputs[name].clear()).lazy() for name, parts in cut.items()}
        yield transform.run({name: frame.lazy() for name, frame in inputs.items()} | part).collect()


@pytest.mark.parametrize("count", [1, 2, 7, 50])
def test_parts_make_the_table_that_the_whole_makes(validated, declared, count):
    inputs = {"raw_facts": validated.raw.facts, **transforms.given(validated.raw), **validated.tables}
    for name, transform in declared.items():
        if not transform.split:
            continue
        columns, key = validated.tables[name].columns, list(validated.models[name].key)
        parts = pl.concat(in_parts(transform, {one: inputs[one] for one in transform.inputs}, count))
        assert_frame_equal(parts.select(columns).sort(key), validated.tables[name], check_row_order=True)


def test_all_transforms_of_the_dataset_but_the_small_ledger_are_split(declared):
    assert {name for name, one in declared.items() if not one.split} == {"retractions"}


@pytest.mark.parametrize(
    ("split", "says"),
    [
        ("['facts']", "expected inputs with lists of keys"),
        ("{'nothing': []}", "names 'nothing', which is no input"),
        ("{'raw_facts': 'subject'}", "expected a list of columns"),
        ("{'raw_facts': [], 'predicates': ['predicate']}", "without a key cannot meet the others"),
    ],
)
def test_a_split_that_is_none_is_refused(tmp_path, repository, split, says):
    (tmp_path / "transforms").mkdir()
    code = f"SPLIT = {split}\n\ndef transform(raw_facts, predicates):\n    return raw_facts\n"
    (tmp_path / "transforms" / "t.py").write_text(code)
    toml = (repository / "pyproject.toml").read_text(encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text(toml, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=says):
        transforms.load(projects.load(tmp_path))
