"""A cluster gives the verdicts of one machine: every breach, at its row, in the same words and the same order."""

from dataclasses import replace

import pandera.polars as pa
import polars as pl
import pytest
from bench.claims import shares

from factpack import project as projects
from factpack import reader, schemas, validation
from factpack.adapters.spark import Cluster, check, exchange, ours, tables
from factpack.errors import ConfigurationError, IntegrityError
from factpack.plan import ROW, UniqueRule, key_hash
from factpack.schemas import TableModel


@pytest.fixture(scope="module")
def models(repository):
    return schemas.load(projects.load(repository))


@pytest.fixture(scope="module")
def published(repository, models):
    package = reader.open(repository / "published" / "axis-of-upheaval")
    return {name: package.table(name).collect() for name in models}


def both(spark, store, tables, models):
    """Judge tables here, and there with nothing so small that the driver does it."""
    there = {name: store(name, frame) for name, frame in tables.items()}
    return validation.validate(tables, models), validation.judge(Cluster(spark, there, small=0), models)


def some(models, *names):
    """Keep some models, and of their relations those between them."""
    kept = {name: models[name] for name in names}
    return {
        name: replace(model, relations=tuple(one for one in model.relations if getattr(one, "table", name) in kept))
        for name, model in kept.items()
    }


def test_damage_of_rows_and_keys_is_named_the_same(spark, store, published, models):
    facts, number = published["facts"], pl.int_range(pl.len())
    bad = facts.with_columns(
        predicate=pl.when(number % 50 == 3).then(None).otherwise("predicate"),
        polarity=pl.when(number == 7).then(pl.lit("maybe")).otherwise("polarity"),
        fact_ids=pl.when(number == 9).then(pl.lit([], pl.List(pl.String))).otherwise("fact_ids"),
    )
    # The same key within a file, and in two files.
    bad = pl.concat([bad, bad[[1, 1, 200]]])
    local, cluster = both(spark, store, {"facts": bad}, some(models, "facts"))
    assert local == cluster
    assert {one.code for one in local[0]} >= {"FP302", "FP303", "FP304"}


def test_relations_of_the_dataset_are_kept_and_broken_alike(spark, store, published, models):
    chosen = some(models, "measures", "memberships", "entities")
    tables = {name: published[name] for name in chosen}
    local, cluster = both(spark, store, tables, chosen)
    assert local == cluster
    assert local[0] == ()
    assert len(local[1].counts) > 10, "else no stated count was compared"


def test_damage_of_relations_is_named_the_same(spark, store, published, models):
    chosen = some(models, "measures", "memberships", "entities")
    tables = {name: published[name] for name in chosen}
    tables["memberships"] = tables["memberships"].filter(pl.col("member") != "belarus")
    tables["entities"] = tables["entities"].filter(~pl.col("entity_id").is_in(["iran", "brics"]))
    local, cluster = both(spark, store, tables, chosen)
    assert local == cluster
    assert {one.code for one in local[0]} >= {"FP401", "FP402"}


def test_what_is_small_is_judged_by_the_driver_with_the_same_report(spark, store, published, models):
    there = {name: store(name, frame) for name, frame in published.items()}
    assert validation.judge(Cluster(spark, there), models) == validation.validate(published, models)


@pytest.mark.parametrize("relation", shares.RELATIONS, ids=lambda one: type(one).__name__)
def test_each_relation_is_broken_by_the_same_rows(spark, store, relation):
    model = TableModel(name="shares", schema=shares.schema(), key=("id",), relations=(relation,))
    local, cluster = both(spark, store, {"shares": shares.rows(0, 400, 400).collect()}, {"shares": model})
    assert local[0], "else nothing was broken"
    assert local == cluster


def test_files_of_other_columns_are_refused_and_not_read_as_nulls(spark, tmp_path):
    pl.DataFrame({"a": [1], "b": [2]}).write_parquet(tmp_path / "1.parquet")
    pl.DataFrame({"a": [1]}).write_parquet(tmp_path / "2.parquet")
    with pytest.raises(ConfigurationError, match=r"2\.parquet has the columns .* expected those of"):
        tables.find(spark, tmp_path.as_uri())
    with pytest.raises(ConfigurationError, match="nowhere"):
        tables.find(spark, (tmp_path / "nowhere").as_uri())


def test_rows_are_numbered_in_files_of_any_name(spark, tmp_path):
    folder = tmp_path / "a b%20é+#"
    folder.mkdir()
    frame = pl.DataFrame({"a": range(4)})
    for number, name in enumerate(["1 %[x].parquet", "2é#{y}Казань'.parquet"]):
        frame[2 * number : 2 * number + 2].write_parquet(folder / name)
    for table in (tables.find(spark, str(folder)), tables.keep(frame, folder / "{kept}")):
        assert table.height == frame.height
        numbers = tables.numbered(spark, table).select("a", f"`{ROW}`").collect()
        assert sorted(numbers) == [(at, at) for at in range(4)]
        assert table.scan().collect().equals(frame)


KEYS = pl.DataFrame(
    {
        "text": ["a", None, "", None, "a", "b", None, "a", ""],
        "real": [0.0, 1.0, float("nan"), 1.0, -0.0, 0.5, None, 2.0, float("nan")],
    }
)


@pytest.mark.parametrize("unique", [["text"], ["real"], ["text", "real"]], ids="+".join)
def test_keys_are_the_same_where_polars_takes_them_for_the_same(spark, tmp_path, unique):
    columns = {"text": pa.Column(str, nullable=True), "real": pa.Column(float, nullable=True)}
    model = TableModel(name="t", schema=pa.DataFrameSchema(columns, unique=unique), key=("text",), relations=())
    # A file without rows is a file too.
    for number, part in enumerate([KEYS[:5], KEYS.clear(), KEYS[5:]]):
        part.write_parquet(tmp_path / f"part-{number}.parquet")
    there = tables.find(spark, tmp_path.as_uri())
    local, cluster = validation.validate({"t": KEYS}, {"t": model}), Cluster(spark, {"t": there}, small=0)
    assert "FP304" in {one.code for one in local[0]}
    assert validation.judge(cluster, {"t": model}) == local


def test_a_table_without_rows_meets_another(spark, store):
    some, none = store("some", pl.DataFrame({"a": [1, 2]})), store("none", pl.DataFrame({"a": [1]}).clear())
    inputs = {
        name: exchange.Input(table=one, columns=("a",), keys=(("a",),)) for name, one in [("s", some), ("n", none)]
    }
    counted = exchange.meet(
        spark,
        inputs,
        lambda given: pl.DataFrame({"n": [given["s"].height + 10 * given["n"].height]}),
        pl.Schema({"n": pl.Int64()}),
        1,
    )
    assert [row.n for row in counted.collect()] == [2]


def test_a_hash_that_two_keys_share_makes_neither_of_them_double(spark, store):
    rule, frame = UniqueRule(columns=("n",)), pl.DataFrame({"n": [1, 2, 2, 3]})
    # What a bucket would say, had the hashes of 1 and 3 been the same.
    suspects = frame.with_row_index(ROW).cast({ROW: pl.Int64}).with_columns(key_hash(rule).alias("\x1fhash")).drop("n")
    found = check._verified(spark, store("t", frame), {rule: suspects})
    assert found[rule].to_dict(as_series=False) == {ROW: [1, 2], "n": [2, 2]}
    assert check._verified(spark, store("u", frame), {rule: suspects[[0, 3]]}) == {}


def test_a_file_that_changes_under_a_run_ends_it_in_the_words_of_the_executor(spark, store):
    schema = pa.DataFrameSchema({"n": pa.Column(int)}, unique=["n"])
    model = TableModel(name="t", schema=schema, key=("n",), relations=())
    table = store("t", pl.DataFrame({"n": range(30)}))
    pl.DataFrame({"n": range(5)}).write_parquet(tables.path(table.files[1]))
    with pytest.raises(IntegrityError, match=r"part-1\.parquet has changed while it was read: 5 rows"), ours():
        validation.judge(Cluster(spark, {"t": table}, small=0), {"t": model})


def test_executors_of_which_the_hashes_differ_end_the_run(spark, store, monkeypatch):
    schema = pa.DataFrameSchema({"n": pa.Column(int)}, unique=["n"])
    model = TableModel(name="t", schema=schema, key=("n",), relations=())
    table = store("t", pl.DataFrame({"n": [1, 1]}))
    # Executors have the version that is installed.
    monkeypatch.setattr(pl, "__version__", "1.9.0")
    with pytest.raises(ConfigurationError, match=r"hashes otherwise than 1\.9\.0 of the driver"), ours():
        validation.judge(Cluster(spark, {"t": table}, small=0), {"t": model})


def test_a_check_that_needs_the_whole_table_is_refused(spark, store):
    schema = pa.DataFrameSchema(
        {"n": pa.Column(int, pa.Check(lambda data: data.lazyframe.select(pl.col("n").sum() > 0)))}, unique=["n"]
    )
    model = TableModel(name="t", schema=schema, key=("n",), relations=())
    table = store("t", pl.DataFrame({"n": [1, 2]}))
    with pytest.raises(ConfigurationError, match="--engine local"):
        validation.judge(Cluster(spark, {"t": table}), {"t": model})


def test_an_empty_table_and_other_types_are_no_pass(spark, store):
    schema = pa.DataFrameSchema({"n": pa.Column(int)}, unique=["n"])
    model = TableModel(name="t", schema=schema, key=("n",), relations=())
    for number, frame in enumerate([pl.DataFrame({"n": [1]}).clear(), pl.DataFrame({"n": ["1"]})]):
        table = store(f"t{number}", frame)
        judged = validation.judge(Cluster(spark, {"t": table}, small=0), {"t": model})
        assert judged[0] == validation.validate({"t": frame}, {"t": model})[0] != ()
