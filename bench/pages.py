"""The pages of a hundred thousand facts: how long they take to build, to open and to filter.

Run `python bench/pages.py [FACTS]`. Beside it: publishing the same tables, and a page that holds every row in its
markup and hides what does not match, which is what one writes first. Needs chromium.
"""

from __future__ import annotations

import gzip
import html
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

import hook
import polars as pl
from playwright.sync_api import sync_playwright

from factpack import pipeline, project
from factpack.adapters import site

FACTS, ROUNDS = 100_000, 3
# With a hundred thousand rows in its markup, a page is not there after three minutes and takes 9 GB.
MOST = 10_000
WORD = "brackwater"
PLAIN = """<!doctype html><meta charset="utf-8">
<input name="q"><output id="count"></output><table id="table">{rows}</table>
<script>
const rows = [...document.querySelectorAll("tr")];
const count = document.getElementById("count");
const show = (word) => {{
  let shown = 0;
  for (const row of rows) {{ row.hidden = !row.textContent.toLowerCase().includes(word); shown += !row.hidden; }}
  count.textContent = `${{shown}} rows`;
}};
document.querySelector("input").addEventListener("input", (event) => show(event.target.value));
show("");
</script>"""
# From the key that is pressed to the frame in which what it asks for is painted.
FILTER = """async (word) => {
  const input = document.querySelector("[name=q]"), count = document.getElementById("count");
  const before = count.textContent, began = performance.now();
  input.value = word;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  while (count.textContent === before) await new Promise(requestAnimationFrame);
  await new Promise(requestAnimationFrame);
  return performance.now() - began;
}"""


def publish(root: Path, facts: int) -> tuple[float, float]:
    """Publish generated facts; give the seconds of publishing, and of its pages."""
    os.environ["SOURCE_DATE_EPOCH"] = "1767225600"
    hook.make(root, facts)
    loaded = project.load(root)
    assert pipeline.ground(loaded, write=True).report.passed()
    outcome = pipeline.validate(loaded, suites=False)
    began = time.perf_counter()
    pipeline.publish(loaded, outcome)
    published = time.perf_counter() - began
    began = time.perf_counter()
    site.build(loaded.published.parent, root / "site")
    return published, time.perf_counter() - began


def plain(table: pl.DataFrame, page: Path) -> None:
    """Write every row into the markup."""
    cells = ("".join(f"<td>{html.escape(str(cell or ''))}" for cell in row) for row in table.iter_rows())
    page.write_text(PLAIN.format(rows="".join(f"<tr>{row}" for row in cells)), encoding="utf-8")


def used(page: Path) -> tuple[float, float, float]:
    """Open a page and filter it: seconds to the first paint, to a page that answers, and of a filter."""
    with sync_playwright() as playwright:
        program = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        shown = browser.new_page()
        began = time.perf_counter()
        shown.goto(page.as_uri())
        shown.wait_for_selector("#count:not(:empty)")
        ready = time.perf_counter() - began
        paint = shown.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN") / 1000
        filtered = shown.evaluate(FILTER, WORD) / 1000
        browser.close()
    return paint, ready, filtered


def main() -> None:
    facts = int(sys.argv[1]) if len(sys.argv) > 1 else FACTS
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "leagues"
        published, built = publish(root, facts)
        print(
            f"{facts:,} facts: published in {published:.1f} s, pages in {built:.1f} s ({built / published:.2f} times)"
        )
        (page,) = (root / "site").glob("*/1.0.0/index.html")
        for file in (page, page.with_name("data.js")):
            content = file.read_bytes()
            print(f"{file.name}: {len(content):,} bytes, {len(gzip.compress(content)):,} gzipped")
        (data,) = (root / "published").glob("*/v1.0.0/data/facts.parquet")
        plain(pl.read_parquet(data).drop("fact_ids").head(MOST), root / "plain.html")
        for name, one in (("ours", page), (f"the first {MOST:,} rows in the markup", root / "plain.html")):
            runs = [used(one) for _ in range(ROUNDS)]
            paint, ready, filtered = (min(column) for column in zip(*runs, strict=True))
            print(f"{name}: first paint {paint:.2f} s, answers after {ready:.2f} s, filters in {filtered:.2f} s")


if __name__ == "__main__":
    main()
