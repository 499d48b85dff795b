"""Models as safetensors files: arrays and a JSON header, none of which can run as code.

The file's metadata has one entry, ``stanceclf``: a JSON object of ``header`` (the model's, see
`stanceclf.model.state`) and ``sha256`` (the state's fingerprint). Its tensors are the arrays.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from stanceclf.errors import StanceclfError
from stanceclf.model.state import ARRAYS, State, fingerprint

_KEY = "stanceclf"
_TYPES = {"<u4": "U32", "<f8": "F64"}


def write_safetensors(state: State) -> bytes:
    """Return the safetensors file for the state of a model."""
    from safetensors.numpy import save

    arrays = {name: np.frombuffer(state[name], kind) for name, kind in ARRAYS.items()}
    if arrays["idf"].size:
        arrays["coef"] = arrays["coef"].reshape(-1, arrays["idf"].size)
    arrays["label_evidence"] = arrays["label_evidence"].reshape(-1, 4, 3)
    metadata = {"header": json.loads(state["header"]), "sha256": fingerprint(state)}
    # In a single entry: the library keeps several in no particular order.
    text = json.dumps(metadata, ensure_ascii=False, sort_keys=True)
    return bytes(save(arrays, metadata={_KEY: text}))


def is_safetensors(data: bytes) -> bool:
    """Return whether the content of a file begins like safetensors."""
    return data[8:9] == b"{" and int.from_bytes(data[:8], "little") <= len(data)


def read_safetensors(data: bytes) -> State:
    """Return the state of the model in a safetensors file.

    Raises
    ------
    StanceclfError
        The file is truncated, is not a model, or does not match its checksum.

    Examples
    --------
    >>> from stanceclf import StanceClassifier
    >>> texts = ["开源便宜", "闭源便宜", "下雨"]
    >>> model = StanceClassifier().fit(texts, ["favor", "against", "none"]).freeze()
    >>> read_safetensors(write_safetensors(model.__getstate__())) == model.__getstate__()
    True
    """
    from safetensors import SafetensorError, deserialize

    try:
        tensors: dict[str, dict[str, Any]] = dict(deserialize(data))  # type: ignore[no-untyped-call]
        length = int.from_bytes(data[:8], "little")
        metadata = json.loads(json.loads(data[8 : 8 + length])["__metadata__"][_KEY])
        header, recorded = metadata["header"], metadata["sha256"]
    except SafetensorError as error:
        raise StanceclfError(f"not a model, or truncated ({error}); copy it again") from None
    except (ValueError, LookupError, TypeError, RecursionError):
        raise StanceclfError(
            "a safetensors file, but not of a stanceclf model; name another file"
        ) from None
    state: State = {"header": json.dumps(header, ensure_ascii=False, sort_keys=True)}
    for name, kind in ARRAYS.items():
        tensor = tensors.get(name, {})
        if tensor.get("dtype") != _TYPES[kind]:
            raise StanceclfError(f"damaged or forged: it has no array `{name}` of {_TYPES[kind]}")
        state[name] = bytes(tensor["data"])
    if recorded != fingerprint(state):
        raise StanceclfError("damaged: its checksum does not match; copy it again")
    return state
