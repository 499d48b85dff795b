"""Models as safetensors files: arrays and a JSON header, which no loading can run as code.

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


def write_safetensors(state: State) -> bytes:
    """Return the safetensors file of a model's state."""
    from safetensors.numpy import save

    arrays = {name: np.frombuffer(state[name], kind) for name, kind in ARRAYS.items()}
    if arrays["idf"].size:
        arrays["coef"] = arrays["coef"].reshape(-1, arrays["idf"].size)
    arrays["label_evidence"] = arrays["label_evidence"].reshape(-1, 4, 3)
    # One entry alone: the library keeps several in no order.
    written = json.dumps(
        {"header": json.loads(state["header"]), "sha256": fingerprint(state)},
        ensure_ascii=False,
        sort_keys=True,
    )
    return bytes(save(arrays, metadata={_KEY: written}))


def is_safetensors(data: bytes) -> bool:
    """Tell by its beginning whether a file is one of safetensors."""
    return data[8:9] == b"{" and int.from_bytes(data[:8], "little") <= len(data)


def read_safetensors(data: bytes) -> State:
    """Return the state of the model in a safetensors file.

    Parameters
    ----------
    data : bytes
        The file's content.

    Raises
    ------
    StanceclfError
        It is cut short, holds no model, or not what its checksum says.

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
        written = json.loads(json.loads(data[8 : 8 + length])["__metadata__"][_KEY])
        header, said = written["header"], written["sha256"]
    except SafetensorError as error:
        what = f"not a model, or cut short ({error}); copy it again"
        raise StanceclfError(what) from None
    except (ValueError, LookupError, TypeError, RecursionError):
        what = "a safetensors file, but not one of a stanceclf model; name another file"
        raise StanceclfError(what) from None
    state: State = {"header": json.dumps(header, ensure_ascii=False, sort_keys=True)}
    types = {"<u4": "U32", "<f8": "F64"}
    for name, kind in ARRAYS.items():
        tensor = tensors.get(name, {})
        if tensor.get("dtype") != types[kind]:
            raise StanceclfError(f"damaged or forged: no array `{name}` of {types[kind]} in it")
        state[name] = bytes(tensor["data"])
    if said != fingerprint(state):
        raise StanceclfError("damaged: its checksum is another one; copy it again")
    return state
