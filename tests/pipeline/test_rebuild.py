"""The last published version, built again from what is committed: the same logical hashes, under any polars."""

import factpack
from factpack import merkle, pipeline, project


def test_what_is_committed_gives_the_logical_hashes_that_were_published(repository):
    loaded = project.load(repository)
    validated = pipeline.validate(loaded, suites=False)
    assert validated.report.passed()
    release = factpack.open(loaded.published).manifest["predicate"]
    roots = {
        name: merkle.table_root(table.select(validated.models[name].columns), validated.models[name].key)
        for name, table in validated.tables.items()
    }
    assert roots == {name: one["root"] for name, one in release["tables"].items()}
    assert merkle.package_root(roots) == release["root"]
