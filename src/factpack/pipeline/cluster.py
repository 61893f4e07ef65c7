"""The order of a validation on a cluster: that of `dataset`, with facts a few files a task, and tables in files."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import polars as pl

from factpack import corrections, gate, grounding, lineage, reader, schemas, sources, transforms, validation, vocabulary
from factpack.pipeline import dataset, words
from factpack.pipeline.places import stop
from factpack.plan import ROW, Plan, UniqueRule
from factpack.report import Ran, Report, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from factpack.adapters.spark import Table
    from factpack.adapters.spark.session import SparkSession
    from factpack.models import Project, Raw
    from factpack.schemas import TableModel

# What one task reads at most: files of facts, and the texts of their sources.
_TASK_BYTES = 32_000_000
_SKELETON = "\x1fskeleton"
_ENTITIES = ("subject", "object", "attributed_to")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clustered:
    """The outcome of `validate`: the report, and the tables as far as the run came, in files of the staging folder."""

    report: Report
    raw: Raw | None = None
    tables: Mapping[str, Table] | None = None
    models: Mapping[str, TableModel] | None = None
    coverage: pl.DataFrame | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Some files of facts that are read, checked and grounded together, and where their facts are staged."""

    project: Project
    staging: Path
    number: int
    files: tuple[Path, ...]

    def facts(self, stage: str) -> Path:
        """Name the file with the facts of these files after a stage."""
        return self.staging / stage / f"part-{self.number:05d}.parquet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a task tells: its part of the report, what its facts name, and the coverage of its sources."""

    report: Report
    rows: int
    schema: pl.Schema
    named: Mapping[str, pl.Series] = field(default_factory=dict)
    coverage: pl.DataFrame | None = None


def validate(  # noqa: PLR0913 - what `dataset.validate` takes, and where
    project: Project,
    spark: SparkSession,
    staging: Path,
    *,
    places: Mapping[str, str] | None = None,
    suites: bool = True,
    articles: tuple[Path, ...] = (),
    baseline: Mapping[str, int] | None = None,
    small: int | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Clustered:
    """Check a dataset as `dataset.validate` does, with the same findings.

    Args:
        project: the dataset; its folder is the same wherever the executors run.
        spark: the session.
        staging: an empty folder that all executors write to and read from.
        places: tables that stand elsewhere as Parquet, by name: a path or an address that Spark reads from.
        suites: whether to run the expectation suites.
        articles: folders of article texts.
        baseline: what was found before.
        small: what concerns no more rows than these, the driver does itself; by default a million.
        progress: is told which stage runs.

    Raises:
        ConfigurationError: a transform, a schema, a table or the environment cannot be used.
        InternalError: a check could not do its work.
    """
    progress("verifying what is published")
    standing = Report()
    if dataset.published(project):
        standing = reader.check(str(project.published), keys=dataset.keys_of(project), logical=True)
    today = datetime.now(UTC).date()

    def judge(report: Report) -> Report:
        return gate.judge(report, project, today, baseline)

    from factpack.adapters.spark import SMALL

    run = _Run(
        project=project,
        spark=spark,
        staging=staging,
        articles=(*articles, *words.folders()),
        judge=judge,
        small=SMALL if small is None else small,
    )
    validated = run.validate(places or {}, progress, suites=suites)
    return replace(validated, report=judge(standing + validated.report))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """What all stages of one run share."""

    project: Project
    spark: SparkSession
    staging: Path
    articles: tuple[Path, ...]
    judge: Callable[[Report], Report]
    small: int

    def validate(self, places: Mapping[str, str], progress: Callable[[str], None], *, suites: bool) -> Clustered:
        from factpack.adapters import gx, spark

        progress("loading schemas and transforms")
        models, functions = dataset.code(self.project, places.keys())
        progress("reading raw facts")
        shared, report = sources.read_shared(self.project, models)
        tasks, listed = self._tasks(shared)
        read = self._each(_read, tasks)
        report = _sum([report, Report(findings=listed), *(done.report for done in read)])
        report += self._doubled(tasks, read)
        report = sources.sorted_by_place(report)
        unread = report.count(Severity.ERROR)
        report += Report(findings=schemas.proposed(models))
        if suites:
            report += gx.check(self.project, set(models))
        if unread:
            return Clustered(
                report=self._stop(report, "vocabulary, grounding, tables, suites: raw files could not be read")
            )
        facts, told, coverage = self._facts(shared, tasks, report, progress)
        report += told
        if tasks and facts is None:
            return Clustered(report=self._stop(report, "grounding, tables, suites: raw facts have errors"), raw=shared)
        progress("building and validating tables")
        tables = self._tables(shared, facts, functions, models, places)
        breaches, judged = validation.judge(spark.Cluster(self.spark, tables, self.small), models)
        report += judged
        scans = {name: one.scan() for name, one in tables.items()}
        thinner, compared = dataset.drifted(self.project, scans, models, shared)
        breaches += thinner
        report += compared
        trace = partial(
            lineage.trace,
            tables=scans,
            models=models,
            raw=shared,
            facts=facts.scan() if facts is not None else None,
            plain={
                **{name: frame.lazy() for name, frame in shared.tables.items()},
                **{name: tables[name].placed() for name in places},
            },
        )
        found = report + Report(findings=trace(breaches))
        outcome = partial(Clustered, raw=shared, tables=tables, models=models, coverage=coverage)
        if any(finding.code in validation.CODES for finding in self.judge(found).counted()):
            return outcome(report=self._stop(found, "suites: tables do not follow their schemas"))
        if not suites:
            return outcome(report=self._stop(found + Report(skipped=("suites: left out",))))
        progress("running expectation suites")
        frames = {name: spark.numbered(self.spark, one) for name, one in tables.items()}
        unmet, ran = gx.on_spark(self.project, frames)
        return outcome(report=self._stop(report + ran + Report(findings=trace((*breaches, *unmet)))))

    def _stop(self, report: Report, *skipped: str) -> Report:
        return stop(report, self.project, *skipped)

    def _each(self, function: Callable[..., Done], tasks: list[Task], **given: Any) -> list[Done]:
        from factpack.adapters import spark

        return spark.spread(self.spark, tasks, partial(function, **given))

    def _tasks(self, shared: Raw) -> tuple[list[Task], tuple[Any, ...]]:
        """Share the files of facts out: a task has some megabytes, and every executor has something to do."""
        files, findings = sources.fact_files(self.project)
        kinds = dict(shared.sources.select("source_id", "text_kind").iter_rows())
        weigh = partial(_weight, project=self.project, kinds=kinds, articles=self.articles)
        most = min(_TASK_BYTES, sum(map(weigh, files)) // self.spark.sparkContext.defaultParallelism + 1)
        groups: list[list[Path]] = []
        size = most
        for file in files:
            if size >= most:
                groups.append([])
                size = 0
            groups[-1].append(file)
            size += weigh(file)
        tasks = [
            Task(project=self.project, staging=self.staging, number=number, files=tuple(group))
            for number, group in enumerate(groups)
        ]
        return tasks, findings

    def _staged(self, stage: str, tasks: list[Task], done: list[Done]) -> Table:
        """Take the files of a stage for one table, without the columns that only the stages need."""
        from factpack.adapters import spark

        filled = [(task.facts(stage), one) for task, one in zip(tasks, done, strict=True) if one.rows]
        return spark.Table(
            schema=done[0].schema,
            files=tuple(spark.uri(file) for file, _ in filled),
            rows=tuple(one.rows for _, one in filled),
        )

    def _doubled(self, tasks: list[Task], read: list[Done]) -> Report:
        """Name the ids of facts that are given twice, in whatever files."""
        from factpack.adapters import spark

        if not tasks:
            return Report()
        staged = self._staged("read", tasks, read)
        rule = UniqueRule(columns=(_SKELETON,))
        plan = Plan(rows=(), unique=(rule,), eager=())
        verdicts, _ = spark.Cluster(self.spark, {"facts": staged}, self.small).check(
            {"facts": plan}, (), validation.MOST_ROWS
        )
        again = verdicts["facts"].repeated.get(rule)
        if again is None:
            return Report()
        rows = staged.scan().with_row_index(ROW).filter(pl.col(ROW).is_in(again[ROW].implode())).collect()
        return sources.check_ids(rows.drop(ROW), "fact_id", self.project)

    def _facts(
        self, shared: Raw, tasks: list[Task], report: Report, progress: Callable[[str], None]
    ) -> tuple[Table | None, Report, pl.DataFrame | None]:
        """Check the vocabulary, then the words; no facts where the first has errors."""
        if not tasks:
            return None, Report(), None
        progress("checking the vocabulary and the words")
        checked = self._each(_check, tasks, shared=shared)
        corrected = self._staged("checked", tasks, checked)
        told = _sum(
            [
                dataset.retracted(shared, corrected.scan(), self.project),
                self._uncorrected(shared, corrected),
                *(done.report for done in checked),
                vocabulary.unused(replace(shared, facts=_named(checked))),
            ]
        )
        if not self.judge(report + told).passed():
            return None, told, None
        known = shared.sources["source_id"].to_list()
        grounded = self._each(_ground, tasks, shared=shared, articles=self.articles, known=known)
        coverage = pl.concat([done.coverage for done in grounded if done.coverage is not None])
        told = _sum([told, *(done.report for done in grounded)])
        return self._staged("raw_facts", tasks, grounded), told, coverage.sort("source_id")

    def _uncorrected(self, shared: Raw, facts: Table) -> Report:
        """Name the corrections of facts that there are not."""
        if shared.corrections is None:
            return Report()
        ids = facts.scan().select("fact_id").collect()
        _, report = corrections.apply(
            replace(shared, corrections=shared.corrections.join(ids, on="fact_id", how="anti"))
        )
        return report

    def _tables(
        self,
        shared: Raw,
        facts: Table | None,
        functions: Mapping[str, transforms.Transform],
        models: Mapping[str, TableModel],
        places: Mapping[str, str],
    ) -> dict[str, Table]:
        from factpack.adapters import spark

        inputs: dict[str, Any] = {**transforms.given(shared)}
        inputs |= {"raw_facts": facts if facts is not None else shared.facts}
        folder = self.staging / "tables"
        made: dict[str, Table] = {}
        for one in transforms.ordered(functions, inputs.keys()):
            given = {name: made[name] if name in made else inputs[name] for name in one.inputs}
            model = models[one.name]
            made[one.name] = spark.build(
                self.spark,
                one,
                given,
                columns=model.columns,
                key=model.key,
                folder=folder / one.name,
                small=self.small,
            )
        for name, frame in shared.tables.items():
            made[name] = spark.keep(frame.drop("_file", "_line"), folder / name)
        made |= {name: spark.find(self.spark, place) for name, place in places.items()}
        return {name: made[name] for name in models}


def _weight(file: Path, project: Project, kinds: Mapping[str, str], articles: tuple[Path, ...]) -> int:
    text = grounding.find(file.stem, kinds.get(file.stem, "article"), project, articles)
    return sum(one.stat().st_size for one in (file, text) if one is not None)


def _read(task: Task) -> Done:
    """Read files of facts strictly."""
    facts, report = sources.read_facts(task.files, task.project)
    return _stage(task, "read", facts.with_columns(sources.skeletons(facts["fact_id"]).alias(_SKELETON)), report)


def _check(task: Task, shared: Raw) -> Done:
    """Correct facts, and hold them against their predicates, entities and sources."""
    facts = pl.read_parquet(task.facts("read")).drop(_SKELETON)
    mine = shared.corrections
    if mine is not None:
        mine = mine.join(facts, on="fact_id", how="semi", maintain_order="left")
    raw, report = corrections.apply(replace(shared, facts=facts, corrections=mine))
    named = {name: raw.facts[name].drop_nulls().unique() for name in (*_ENTITIES, "source_id", "predicate")}
    done = _stage(task, "checked", raw.facts, report + vocabulary.check_facts(raw, task.project))
    return replace(done, named=named)


def _ground(task: Task, shared: Raw, articles: tuple[Path, ...], known: list[str]) -> Done:
    """Hold facts against the words of their sources."""
    # What reading the texts gave is kept where one machine checks all of them; here each sees a part.
    os.environ["FACTPACK_CACHE"] = os.devnull
    facts = pl.read_parquet(task.facts("checked"))
    mine = {file.stem for file in task.files}
    elsewhere = [name for name in known if name not in mine]
    raw = replace(shared, facts=facts, sources=shared.sources.filter(pl.col("source_id").is_in(list(mine))))
    checked, report = words.check(raw, task.project, articles, elsewhere)
    done = _stage(task, "raw_facts", words.anchored(raw, checked).facts, report)
    return replace(done, coverage=checked.coverage)


def _stage(task: Task, stage: str, facts: pl.DataFrame, report: Report) -> Done:
    """Write the facts of a task after a stage, in one step."""
    from factpack.adapters import spark

    file = task.facts(stage)
    file.parent.mkdir(parents=True, exist_ok=True)
    spark.write_parquet(facts, file)
    return Done(report=report, rows=facts.height, schema=facts.schema)


def _named(done: list[Done]) -> pl.DataFrame:
    """Put what the facts of all tasks name under each other: as many columns, each of its own length."""
    columns = {name: pl.concat([one.named[name] for one in done]).unique(maintain_order=True) for name in done[0].named}
    return pl.concat([column.to_frame(name) for name, column in columns.items()], how="diagonal")


def _sum(reports: Iterable[Report]) -> Report:
    """Add up reports of parts: what ran on each, and verdicts; what two parts found is one finding."""
    total = sum(reports, start=Report())
    rows: dict[tuple[str, str, int], int] = {}
    for one in total.ran:
        key = (one.stage, one.subject, one.rules)
        rows[key] = rows.get(key, 0) + one.rows
    verdicts: Counter[str] = Counter()
    for verdict, count in total.verdicts:
        verdicts[verdict] += count
    return replace(
        total,
        findings=tuple(dict.fromkeys(total.findings)),
        ran=tuple(Ran(stage=one[0], subject=one[1], rules=one[2], rows=some) for one, some in rows.items()),
        verdicts=tuple(sorted(verdicts.items(), key=lambda one: (one[1], one[0]), reverse=True)),
    )
