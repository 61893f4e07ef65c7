"""What a reader does: filter, sort, leaf, open a fact, go back, copy, and find an answer in four clicks."""

import pytest
from playwright.sync_api import expect

import factpack

ORIGINS = pytest.mark.parametrize("origin", ["http", "file"])


def rows(page):
    return page.locator("#table tbody tr")


@ORIGINS
def test_words_filter_the_facts(version, origin):
    with version.open(origin=origin) as page:
        page.get_by_label("Words").fill("saudi brics")
        expect(page.locator("#count")).not_to_have_text("327 of 327 facts")
        shown = rows(page).all_inner_texts()
        assert 0 < len(shown) < 50
        assert all("Saudi" in text or "saudi" in text for text in shown)
        page.get_by_label("Words").fill("no such words")
        expect(page.locator("#count")).to_have_text("0 of 327 facts")


def test_what_a_source_denies_is_no_claim(version):
    with version.open("#q=csm-iran-israel-war-participant-china") as page:
        assert rows(page).locator("td").nth(1).inner_text() == "not participant"
    with version.open("#predicate=share_of_oil_exports&source_id=csm-iran-limits") as page:
        assert rows(page).locator("td").nth(3).inner_text() == "approximate 90 percent"


@ORIGINS
def test_back_undoes_a_choice(version, origin):
    with version.open(origin=origin) as page:
        page.get_by_label("Predicate").select_option("member_count")
        expect(page.locator("#count")).to_have_text("8 of 327 facts")
        rows(page).get_by_role("link").first.click()
        expect(page.locator("#panel")).to_be_visible()
        page.go_back()
        expect(page.locator("#panel")).to_be_hidden()
        expect(page.locator("#count")).to_have_text("8 of 327 facts")
        page.go_back()
        expect(page.locator("#count")).to_have_text("327 of 327 facts")
        page.go_forward()
        expect(page.get_by_label("Predicate")).to_have_value("member_count")


@ORIGINS
def test_a_fact_has_a_link_of_its_own(version, origin):
    with version.open("#fact=csm-brics-member-count", origin=origin) as page:
        panel = page.locator("#panel")
        expect(panel).to_contain_text("11 states")
        expect(panel.locator("mark", has_text="eleven")).to_be_visible()
        expect(panel).to_contain_text("The Christian Science Monitor")
        panel.get_by_role("link", name="ap-brics-member-count").click()
        expect(panel).to_contain_text("from our note on the article")
        expect(panel.locator("q")).to_have_count(0)
        page.reload()
        expect(panel.get_by_role("heading")).to_have_text("ap-brics-member-count")


def test_a_fact_that_is_not_there_is_told(version):
    with version.open("#fact=no-such-fact") as page:
        expect(page.locator("#panel")).to_contain_text("There is no fact no-such-fact in version 2.0.0")


def test_a_filter_is_a_link_too(version):
    with version.open("#q=drones&predicate=drones_ordered&sort=-fact_id") as page:
        assert rows(page).count() > 0
        expect(page.get_by_label("Words")).to_have_value("drones")


def test_a_column_sorts_both_ways(version):
    with version.open("#predicate=member_count") as page:
        head = page.get_by_role("button", name="Value")
        head.click()
        expect(page.locator("th[data-column=value]")).to_have_attribute("aria-sort", "ascending")
        first = rows(page).locator("td:nth-child(5)").all_inner_texts()
        head.click()
        expect(page.locator("th[data-column=value]")).to_have_attribute("aria-sort", "descending")
        numbers = [int(text.split()[0]) for text in first]
        assert numbers == sorted(numbers)
        assert [int(text.split()[0]) for text in rows(page).locator("td:nth-child(5)").all_inner_texts()] == sorted(
            numbers, reverse=True
        )


def test_leafing_shows_each_fact_once(version):
    with version.open() as page:
        seen = []
        while True:
            seen += rows(page).get_by_role("link").all_inner_texts()
            step = page.get_by_role("button", name="Next")
            if step.is_disabled():
                break
            step.click()
            expect(rows(page).get_by_role("link").first).not_to_have_text(seen[-50])
        assert len(seen) == len(set(seen)) == 327


def test_the_keyboard_opens_and_closes_a_fact(version):
    with version.open() as page:
        link = rows(page).get_by_role("link").nth(3)
        link.focus()
        page.keyboard.press("Enter")
        expect(page.locator("#panel")).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.locator("#panel")).to_be_hidden()
        expect(link).to_be_focused()


def test_the_first_key_leads_past_the_head(version):
    with version.open() as page:
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="To the content")).to_be_focused()


def test_citations_and_code_are_copied(version, repository):
    with version.open("#fact=csm-brics-member-count", permissions=["clipboard-read", "clipboard-write"]) as page:
        page.get_by_role("button", name="Copy citation").click()
        expect(page.get_by_role("button", name="Copied")).to_be_visible()
        cited = factpack.open(repository / "published/axis-of-upheaval").fact("csm-brics-member-count").cite()
        assert page.evaluate("navigator.clipboard.readText()") == cited
        duckdb = page.get_by_role("button", name="Copy: DuckDB")
        duckdb.click()
        expect(duckdb).to_have_text("Copied")
        assert "facts.parquet" in page.evaluate("navigator.clipboard.readText()")


class TestAReaderWhoNeverSawTheProject:
    """Each finds the answer from the catalogue in at most four clicks on what the pages call it."""

    @pytest.fixture
    def catalogue(self, origins, opened):
        with opened(origins["file"] + "index.html") as page:
            yield page

    def test_how_many_members_brics_has_and_who_disagrees(self, catalogue):
        catalogue.get_by_role("link", name="Axis of upheaval").click()
        expect(catalogue.get_by_role("heading", name="BRICS: 10 members, and 1 contested")).to_be_visible()
        catalogue.get_by_role("link", name="Disagreements").click()
        said = catalogue.locator("#contested article", has_text="BRICS: member count")
        expect(said).to_contain_text("11 states")
        expect(said).to_contain_text("10 states")
        expect(said).to_contain_text("geoeconomy-indonesia-brics")

    def test_what_the_last_version_changed_and_why(self, catalogue):
        catalogue.get_by_role("link", name="Axis of upheaval").click()
        catalogue.get_by_role("link", name="Changes", exact=True).click()
        changes = catalogue.locator("#changes")
        expect(changes).to_contain_text("This makes it a major version")
        changes.locator("summary", has_text="retractions:").click()
        changes.get_by_text("facts: 1 new").click()
        expect(changes).to_contain_text("interfaxua-russia-drones-ordered-iran")

    def test_the_words_behind_90_percent(self, catalogue):
        catalogue.get_by_role("link", name="Axis of upheaval").click()
        catalogue.get_by_role("link", name="Numbers").click()
        catalogue.get_by_role("row").filter(has_text="90").filter(has_text="csm-iran-limits").get_by_role(
            "link"
        ).click()
        expect(catalogue.locator("#panel q mark", has_text="90")).to_be_visible()
