"""A process apart, for what may crash, or need too long, in a library that reads documents."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable

from stanceclf.errors import StanceclfError

_CODE = (
    "import sys; sys.path[:] = {path!r}; from stanceclf.io.apart import _main; "
    "from {module} import {function}; _main({function})"
)


def run_apart(module: str, function: str, data: bytes, seconds: float, kind: str) -> str:
    """Return what a function of bytes returns, called in a process of its own.

    Parameters
    ----------
    module, function : str
        Where the function is. It returns a text, or raises StanceclfError.
    data : bytes
        Its argument.
    seconds : float
        How long it may take.
    kind : str
        What the bytes are, for messages: ``web page``.

    Raises
    ------
    StanceclfError
        The function raised it, crashed or took too long.

    Examples
    --------
    >>> page = "<html><body><p>开源便宜。</p></body></html>".encode()
    >>> run_apart("stanceclf.articles.web_pages", "article_in", page, 60, "web page")
    '开源便宜。'
    """
    import subprocess  # Few articles need one.

    code = _CODE.format(path=sys.path, module=module, function=function)
    command = [sys.executable, "-P", "-X", "utf8", "-c", code]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=seconds, check=True)
        result = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        raise StanceclfError(f"takes too long to read as a {kind}; save it as text") from None
    except (subprocess.CalledProcessError, OSError, ValueError):
        raise StanceclfError(f"cannot be read as a {kind}; save it as text") from None
    if "error" in result:
        raise StanceclfError(result["error"])
    return str(result["text"])


def _main(function: Callable[[bytes], str]) -> None:
    """Call a function with standard input, and write what it returns as JSON."""
    try:
        result = {"text": function(sys.stdin.buffer.read())}
    except StanceclfError as error:
        result = {"error": error.what}
    sys.stdout.write(json.dumps(result))
