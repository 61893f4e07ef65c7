"""What we sign, others verify; what they sign, we do; and nothing else passes."""

import base64
import json
import shutil
import stat
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st
from securesystemslib.dsse import Envelope
from securesystemslib.signer import CryptoSigner, SSlibKey

from factpack import signatures
from factpack.errors import ConfigurationError, IntegrityError


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keys")
    for name in ("a", "b"):
        signatures.generate(folder / name)
    return folder


def envelope(keys, payload=b"payload", kind=signatures.STATEMENT):
    return signatures.sign(payload, kind, signatures.private_key(keys / "a"))


def test_a_private_key_is_its_owners_alone_and_never_overwritten(keys):
    assert stat.S_IMODE((keys / "a").stat().st_mode) == 0o600
    before = (keys / "a").read_bytes()
    with pytest.raises(ConfigurationError, match="never overwritten"):
        signatures.generate(keys / "a")
    assert (keys / "a").read_bytes() == before


@given(payload=st.binary(), kind=st.text(st.characters(codec="utf-8"), min_size=1))
def test_what_was_signed_is_what_comes_back(keys, payload, kind):
    public = signatures.public_key(keys / "a.pub")
    assert signatures.verify(envelope(keys, payload, kind), kind, [public]) == payload


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"payload": base64.b64encode(b"other").decode()}, "does not hold"),
        ({"payloadType": signatures.POINTER}, "is of type"),
        ({"signatures": []}, "but by nobody"),
        ({"payload": "no base64!"}, "not a DSSE envelope"),
        ({"payload": None}, "not a DSSE envelope"),
        ({"signatures": [{"keyid": "x"}]}, "not a DSSE envelope"),
    ],
)
def test_a_changed_envelope_is_refused(keys, change, message):
    public = signatures.public_key(keys / "a.pub")
    with pytest.raises(IntegrityError, match=message):
        signatures.verify(envelope(keys) | change, signatures.STATEMENT, [public])


def test_every_key_that_is_asked_for_must_have_signed(keys):
    both = [signatures.public_key(keys / name) for name in ("a.pub", "b.pub")]
    with pytest.raises(IntegrityError, match="not signed by the key"):
        signatures.verify(envelope(keys), signatures.STATEMENT, both)


def test_files_that_are_no_keys_are_named(keys, tmp_path):
    (tmp_path / "x").write_text("x", encoding="utf-8")
    rsa = tmp_path / "rsa"
    subprocess.run(["openssl", "genrsa", "-out", str(rsa), "2048"], check=True, capture_output=True)
    for file in (tmp_path / "x", tmp_path / "nothing", keys / "a.pub", rsa):
        with pytest.raises(ConfigurationError, match=str(file)):
            signatures.private_key(file)
    with pytest.raises(ConfigurationError, match="not a public key"):
        signatures.public_key(keys / "a")


def test_securesystemslib_verifies_ours_and_we_verify_its(keys):
    ours = envelope(keys)
    public = signatures.public_key(keys / "a.pub")
    key = SSlibKey.from_crypto(public, keyid=signatures.key_id(public))
    read = Envelope.from_dict(json.loads(json.dumps(ours)))
    assert set(read.verify([key], 1)) == {key.keyid}
    theirs = Envelope(b"payload", signatures.STATEMENT, {})
    theirs.sign(CryptoSigner(signatures.private_key(keys / "a"), key))
    assert signatures.verify(theirs.to_dict(), signatures.STATEMENT, [public]) == b"payload"


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_the_lines_of_the_docs_verify_a_version_with_sha256sum_and_openssl_alone(repository, signed):
    text = (repository / "docs" / "publishing.md").read_text(encoding="utf-8")
    script = text.split("<!-- by hand -->\n```sh\n")[1].split("```")[0]
    version = signed.published / "v1.0.1"
    run = ["bash", "-euo", "pipefail", "-c", script]
    environment = {"PATH": "/usr/bin:/bin", "KEY": str(signed.public)}
    done = subprocess.run(run, cwd=version, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "Signature Verified Successfully"), done.stderr
    manifest = version / "manifest.json"
    manifest.write_bytes(manifest.read_bytes() + b"\n")
    assert subprocess.run(run, cwd=version, env=environment, capture_output=True, check=False).returncode != 0
