"""An S3-compatible server (moto, in this process) holds what was published: whole, once, the pointer last."""

import json
import shutil
import signal
import subprocess
import sys
import time

import obstore
import pytest
from moto.server import ThreadedMotoServer
from obstore.store import from_url

import factpack
from factpack.adapters import stores
from factpack.errors import ConfigurationError, PublishingError

CREATE = "import boto3, sys; boto3.client('s3', endpoint_url=sys.argv[1]).create_bucket(Bucket=sys.argv[2])"
PUSH = """
import sys
from pathlib import Path
from factpack.adapters import stores

stores.push(Path(sys.argv[1]), sys.argv[2])
"""


@pytest.fixture(scope="module")
def server():
    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    yield "http://{}:{}".format(*running.get_host_and_port())
    running.stop()


@pytest.fixture
def bucket(server, monkeypatch, tmp_path_factory):
    environment = {
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": server,
        "AWS_ALLOW_HTTP": "true",
        "FACTPACK_STATE": str(tmp_path_factory.mktemp("state")),
        "FACTPACK_CACHE": str(tmp_path_factory.mktemp("cache")),
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    name = f"bucket-{time.monotonic_ns()}"
    # boto3 warns of Python versions to come; here every warning is an error.
    subprocess.run([sys.executable, "-W", "ignore", "-c", CREATE, server, name], check=True)
    return f"s3://{name}/axis-of-upheaval"


def files(url):
    store = from_url(url)
    return {one["path"]: one["e_tag"] for chunk in obstore.list(store) for one in chunk}


def test_versions_are_put_once_and_open_from_there(bucket, signed):
    assert stores.push(signed.first, bucket) == ("1.0.0",)
    before = files(bucket)
    assert stores.push(signed.published, bucket) == ("1.0.1",)
    after = files(bucket)
    assert {name: tag for name, tag in after.items() if name.startswith("v1.0.0/")} == {
        name: tag for name, tag in before.items() if name.startswith("v1.0.0/")
    }
    assert stores.push(signed.published, bucket) == ()
    assert files(bucket) == after
    opened = factpack.open(bucket, keys=(signed.public,))
    assert opened.version == "1.0.1"
    assert opened.verify().passed()


def test_another_history_is_refused_and_changes_nothing(bucket, signed, tmp_path):
    stores.push(signed.published, bucket)
    before = files(bucket)
    other = shutil.copytree(signed.published, tmp_path / "other")
    versions = json.loads((other / "versions.json").read_text(encoding="utf-8"))
    versions[1]["manifest_sha256"] = "0" * 64
    (other / "versions.json").write_text(json.dumps(versions), encoding="utf-8")
    with pytest.raises(PublishingError, match="this is another history"):
        stores.push(other, bucket)
    with pytest.raises(PublishingError, match=r"number 2 is 1\.0\.1 there and missing here"):
        stores.push(signed.first, bucket)
    assert files(bucket) == before


def test_a_version_whose_bytes_are_others_there_is_refused(bucket, signed):
    obstore.put(from_url(bucket), "v1.0.0/data/facts.csv", b"other")
    with pytest.raises(PublishingError, match=r"v1.0.0/data/facts.csv is there with other bytes"):
        stores.push(signed.published, bucket)
    with pytest.raises(ConfigurationError, match="no published package here"):
        factpack.open(bucket)


@pytest.mark.parametrize("after", [0.3, 0.5, 0.7, 0.9])
def test_a_run_that_is_killed_leaves_the_old_version_and_the_next_goes_on(bucket, signed, after):
    stores.push(signed.first, bucket)
    process = subprocess.Popen([sys.executable, "-c", PUSH, str(signed.published), bucket])
    time.sleep(after)
    process.send_signal(signal.SIGKILL)
    process.wait()
    opened = factpack.open(bucket)
    assert opened.version in {"1.0.0", "1.0.1"}
    assert opened.verify().passed()
    stores.push(signed.published, bucket)
    assert factpack.open(bucket).version == "1.0.1"


def test_of_two_runs_at_once_none_tears_what_readers_see(bucket, signed):
    stores.push(signed.first, bucket)
    command = [sys.executable, "-c", PUSH, str(signed.published), bucket]
    runs = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    said = [run.communicate()[1] for run in runs]
    assert any(run.returncode == 0 for run in runs)
    assert all(run.returncode == 0 or "another run moved" in text for run, text in zip(runs, said, strict=True)), said
    opened = factpack.open(bucket, keys=(signed.public,))
    assert (opened.version, opened.verify().passed()) == ("1.0.1", True)


def test_a_store_that_cannot_be_reached_is_named(signed, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    with pytest.raises(ConfigurationError, match="s3://nowhere/x"):
        stores.push(signed.first, "s3://nowhere/x", retry_config={"max_retries": 0})
    with pytest.raises(ConfigurationError, match="gopher://x"):
        stores.push(signed.first, "gopher://x")
