"""The description of the outputs, as the reference library of Croissant reads it."""

import json
import subprocess

import mlcroissant
import pytest


@pytest.fixture(params=[[], ["--shard-size", "4k"]], ids=["one file", "several files"])
def out(lavoir, corpus, tmp_path, request):
    """The cleaned corpus."""
    folder = tmp_path / "out"
    command = [lavoir, "clean", corpus, "-o", folder, "-q", *request.param]
    subprocess.run(command, check=True, env={"SOURCE_DATE_EPOCH": "1785000000"})
    return folder


def test_it_is_valid_and_gives_the_articles(out):
    dataset = mlcroissant.Dataset(jsonld=str(out / "croissant.json"))
    issues = dataset.metadata.ctx.issues
    assert not issues.errors
    assert all("citeAs" in warning for warning in issues.warnings), issues.report()
    assert dataset.metadata.ctx.is_v1_1()
    articles = [
        json.loads(line)
        for file in sorted(out.glob("articles*.jsonl"))
        for line in file.read_text().splitlines()
    ]
    records = list(dataset.records("articles"))
    assert len(records) == len(articles) > 20
    texts = {record["articles/id"].decode(): record["articles/text"].decode() for record in records}
    assert texts == {article["id"]: article["text"] for article in articles}


def test_it_says_where_the_data_came_from(out):
    description = json.loads((out / "croissant.json").read_text())
    manifest = json.loads((out / "manifest.json").read_text())
    assert description["conformsTo"] == "http://mlcommons.org/croissant/1.1"
    assert description["@context"]["prov"] == "http://www.w3.org/ns/prov#"
    activity = description["prov:wasGeneratedBy"]
    assert activity["prov:wasAssociatedWith"]["prov:label"] == manifest["tool"]
    used = {entity["@id"] for entity in activity["prov:used"]}
    hashes = [manifest["pack"], *manifest["models"].values()]
    assert used == {f"urn:sha256:{value}" for value in hashes}
    sources = {entity["@id"] for entity in description["prov:wasDerivedFrom"]}
    assert sources == {f"urn:sha256:{note['sha256']}" for note in manifest["inputs"]}
    sums = {file["@id"]: file.get("sha256") for file in description["distribution"]}
    for output in manifest["outputs"]:
        if output["path"] != "croissant.json":
            assert sums[output["path"]] == output["sha256"]
