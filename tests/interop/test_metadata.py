"""The metadata documents are what the validators of their communities accept."""

import io
import json
from email.message import Message
from pathlib import Path
from urllib.response import addinfourl

import mlcroissant
import pytest
import rdflib
import rdflib.parser
import requests
import rocrate
from cffconvert import Citation
from prov.model import ProvDocument
from rocrate.rocrate import ROCrate
from rocrate_validator import models, services

# What their libraries are warned of is not our matter.
pytestmark = pytest.mark.filterwarnings("ignore")
CONTEXT = "https://w3id.org/ro/crate/1.1/context"


def test_croissant_has_no_issue_and_its_records_are_all_there(version, rows):
    dataset = mlcroissant.Dataset(jsonld=str(version / "metadata" / "croissant.json"))
    assert (list(dataset.metadata.issues.errors), list(dataset.metadata.issues.warnings)) == ([], [])
    assert {one.name for one in dataset.metadata.record_sets} == set(rows)
    facts = list(dataset.records("facts"))
    assert len(facts) == rows["facts"]
    (count,) = [one for one in facts if one["facts/fact_id"] == b"csm-brics-member-count"]
    assert count["facts/value"] == b"11"


def test_the_crate_opens_and_passes_the_validator(version, monkeypatch):
    crate = ROCrate(str(version))
    assert {one.id for one in crate.data_entities} >= {"data/facts.csv", "data/facts.parquet", "datapackage.json"}
    # The validator fetches the context; ro-crate-py carries the same file.
    carried = (Path(rocrate.__file__).parent / "data" / "ro-crate.jsonld").read_bytes()
    kind = Message()
    kind["Content-Type"] = "application/ld+json"

    def answer(request):
        assert request.full_url == CONTEXT
        return addinfourl(io.BytesIO(carried), kind, CONTEXT, 200)

    def respond(session, method, url, **options):
        assert url == CONTEXT
        response = requests.Response()
        response.status_code, response.url, response._content = 200, url, carried
        response.headers["Content-Type"] = "application/ld+json"
        return response

    monkeypatch.setattr(rdflib.parser, "_urlopen", answer)
    monkeypatch.setattr(requests.Session, "request", respond)
    result = services.validate(
        services.ValidationSettings(
            rocrate_uri=str(version), profile_identifier="ro-crate-1.1", requirement_severity=models.Severity.REQUIRED
        )
    )
    assert [issue.message for issue in result.get_issues()] == []


def test_prov_is_read_by_the_prov_library(version):
    graph = rdflib.Graph().parse(version / "metadata" / "prov.jsonld", format="json-ld")
    document = ProvDocument.deserialize(content=graph.serialize(format="trig"), format="rdf", rdf_format="trig")
    kinds = [type(record).__name__ for record in document.get_records()]
    sources = json.loads((version / "datapackage.json").read_text(encoding="utf-8"))["sources"]
    assert kinds.count("ProvEntity") == len(sources) + 2
    assert {"ProvActivity", "ProvAgent", "ProvGeneration", "ProvUsage"} <= set(kinds)


def test_schema_org_is_json_ld_that_names_every_file(version):
    document = json.loads((version / "metadata" / "schema-org.jsonld").read_text(encoding="utf-8"))
    # Offline, the context is the one line that rdflib would fetch: every name is schema.org's own.
    document["@context"] = {"@vocab": "https://schema.org/"}
    graph = rdflib.Graph().parse(data=json.dumps(document), format="json-ld")
    schema = rdflib.Namespace("https://schema.org/")
    (dataset,) = graph.subjects(rdflib.RDF.type, schema.Dataset)
    assert len(set(graph.objects(dataset, schema.distribution))) == len(list((version / "data").iterdir()))
    for wanted in (schema.name, schema.description, schema.license, schema.creator, schema.version):
        assert list(graph.objects(dataset, wanted))


def test_the_citation_file_is_valid(version):
    citation = Citation((version / "CITATION.cff").read_text(encoding="utf-8"))
    citation.validate()
    assert "The factpack contributors" in citation.as_apalike()
