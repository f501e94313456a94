"""The reports of `lavoir check` against the schemas of their formats."""

import json
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import jsonschema
import pytest
from lxml import etree

DIRTY = [
    {"id": "a", "text": "Advertisement\n\nThe harbour was closed <b>on Monday</b> & reopened."},
    {"id": "b \u001b ü", "text": "Le cafÃ© est fermÃ© depuis mardi, a dit la mairie."},
    {"id": "c", "text": ""},
]


@pytest.fixture(scope="module")
def report(lavoir, tmp_path_factory):
    folder = tmp_path_factory.mktemp("reports")
    data = folder / "dätä set.jsonl"
    data.write_text("".join(json.dumps(row) + "\n" for row in DIRTY) + "{broken\n")

    def run(form):
        command = [lavoir, "check", "--isolated", data.name, "--report", form]
        done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
        assert done.returncode == 1, done.stderr
        return done.stdout

    return run


def fetched(folder: Path, command: list[str], member: str) -> bytes:
    """A file of an archive that a package client fetches; skips loudly where it cannot."""
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed: the schema cannot be fetched")
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=300)
    archives = list(folder.glob("*.tgz")) + list(folder.glob("*.tar.gz"))
    if done.returncode != 0 or not archives:
        pytest.skip(f"{' '.join(command)} failed: the schema cannot be fetched")
    with tarfile.open(archives[0]) as archive:
        name = next(name for name in archive.getnames() if name.endswith(member))
        return archive.extractfile(name).read()


def test_sarif_is_valid(report, tmp_path):
    command = ["npm", "pack", "--silent", "@microsoft/jest-sarif@1.0.0-beta.0"]
    schema = json.loads(fetched(tmp_path, command, "schemas/sarif-2.1.0-rtm.5.json"))
    log = json.loads(report("sarif"))
    # The schema is the release candidate's; its `$schema` names no draft that jsonschema knows.
    jsonschema.Draft7Validator(schema).validate(log)
    assert len(log["runs"][0]["results"]) >= 5
    broken = json.loads(report("sarif"))
    broken["runs"][0]["results"][0]["level"] = "fatal"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft7Validator(schema).validate(broken)


def test_junit_is_valid(report, tmp_path):
    # The source archive of pytest holds the schema of Jenkins' reader.
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    command += ["--no-binary", "pytest", "pytest==8.4.2"]
    schema = etree.XMLSchema(etree.fromstring(fetched(tmp_path, command, "junit-10.xsd")))
    tree = etree.fromstring(report("junit"))
    schema.assertValid(tree)
    assert {case.get("type") for case in tree.iter("failure")} >= {"boilerplate", "mojibake"}


def test_json_lines_are_json(report):
    rows = [json.loads(line) for line in report("jsonl").splitlines()]
    assert rows == json.loads(report("json"))["findings"]


def test_configuration_schema_is_a_schema(lavoir, tmp_path):
    done = subprocess.run([lavoir, "init", "--schema"], capture_output=True, check=True)
    schema = json.loads(done.stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    validator.validate({"check": {"limits": {"duplicate": 0.1}}, "clean": {"favor": "tight"}})
    for wrong in ({"chek": {}}, {"clean": {"favor": "tite"}}, {"run": {"jobs": -1}}):
        assert not validator.is_valid(wrong), wrong
