"""Ed25519 signatures in DSSE envelopes, offline: whoever holds a public key needs nobody else to check a version.

DSSE (https://github.com/secure-systems-lab/dsse, protocol 1.0) signs a payload together with its type, so a signature
over one kind of document never passes for another. The payload here is an in-toto Statement, or the pointer to the
latest version.
"""

from __future__ import annotations

import base64
import hashlib
import os
from typing import TYPE_CHECKING, Any

from factpack.errors import ConfigurationError, IntegrityError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

STATEMENT = "application/vnd.in-toto+json"
POINTER = "application/vnd.factpack.latest+json"


def generate(path: Path) -> str:
    """Write a new private key (PEM, readable by its owner alone) to a path and the public one beside it, as `.pub`.

    Returns:
        The id of the key.

    Raises:
        ConfigurationError: one of the files exists; a key is never overwritten.
    """
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
    public = key.public_key().public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo)
    for file, content, mode in ((path, private, 0o600), (path.with_name(f"{path.name}.pub"), public, 0o644)):
        try:
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        except FileExistsError:
            raise ConfigurationError(f"{file} exists; a key is never overwritten. Choose another name.") from None
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
    return key_id(key.public_key())


def private_key(path: Path) -> Ed25519PrivateKey:
    """Load a private key.

    Raises:
        ConfigurationError: the file is no unencrypted Ed25519 private key in PEM.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise ConfigurationError(f"{path}: not a private key that can be used: {error}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigurationError(f"{path}: not an Ed25519 key; make one with factpack keygen.")
    return key


def public_key(path: Path) -> Ed25519PublicKey:
    """Load a public key.

    Raises:
        ConfigurationError: the file is no Ed25519 public key in PEM.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{path}: not a public key that can be used: {error}") from error
    if not isinstance(key, Ed25519PublicKey):
        raise ConfigurationError(f"{path}: not an Ed25519 key.")
    return key


def key_id(key: Ed25519PublicKey) -> str:
    """Name a key by the SHA-256 of its DER form, as `openssl pkey -pubin -outform DER | sha256sum` gives it."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def sign(payload: bytes, kind: str, key: Ed25519PrivateKey) -> dict[str, Any]:
    """Put a payload of a type (`kind`) into a DSSE envelope with its signature."""
    signature = key.sign(_encode(kind, payload))
    return {
        "payload": base64.b64encode(payload).decode(),
        "payloadType": kind,
        "signatures": [{"keyid": key_id(key.public_key()), "sig": base64.b64encode(signature).decode()}],
    }


def verify(envelope: Any, kind: str, keys: Sequence[Ed25519PublicKey]) -> bytes:
    """Give the payload of an envelope that every one of `keys` has signed.

    Raises:
        IntegrityError: the envelope is of another type or malformed, or some key has not signed it.
    """
    from cryptography.exceptions import InvalidSignature

    try:
        found = envelope["payloadType"]
        payload = _decode(envelope["payload"])
        signatures = {one["keyid"]: _decode(one["sig"]) for one in envelope["signatures"]}
    except (KeyError, TypeError, ValueError) as error:
        raise IntegrityError(f"not a DSSE envelope: {error!r}.") from error
    if found != kind:
        raise IntegrityError(f"the signed payload is of type {found!r}, expected {kind!r}.")
    for key in keys:
        name = key_id(key)
        if name not in signatures:
            raise IntegrityError(f"not signed by the key {name[:16]}, but by {_short(signatures)}.")
        try:
            key.verify(signatures[name], _encode(kind, payload))
        except InvalidSignature:
            raise IntegrityError(f"the signature by the key {name[:16]} does not hold.") from None
    return payload


def _encode(kind: str, payload: bytes) -> bytes:
    """Encode what is really signed (DSSE, pre-authentication encoding)."""
    return b"DSSEv1 %d %s %d %s" % (len(kind.encode()), kind.encode(), len(payload), payload)


def _decode(text: str) -> bytes:
    """Decode base64 that is written in the one right way: its last letter has bits that decoders do not look at."""
    content = base64.b64decode(text, validate=True)
    if base64.b64encode(content).decode() != text:
        raise ValueError("base64 that no encoder writes")
    return content


def _short(signatures: dict[str, bytes]) -> str:
    return ", ".join(str(name)[:16] for name in signatures) or "nobody"
