"""Encodings: which one some bytes are text in, and the text.

A byte order mark decides; else UTF-8, which hardly any other text happens to be; else the other
ways to write Chinese are tried, strictly. Between those that fit, common characters decide, for
what is wrongly decoded is full of rare ones; where they do not, chardet does. What seems to be in
another language's encoding is refused rather than read wrongly.
"""

from __future__ import annotations

import codecs
import io
import re
from os import PathLike
from typing import BinaryIO

from stanceclf.errors import StanceclfError

# UTF-32's mark begins with UTF-16's, so it is asked for first.
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# In both Chinese character sets the common half comes first, up to this leading byte.
_COMMON = dict.fromkeys(("gb18030",), ("gb2312", 0xD7)) | dict.fromkeys(
    ("cp950", "big5hkscs"), ("big5", 0xC6)
)
# Which of them may have a mark, that is no part of the text.
_MARKED = {name for _, name in _BOMS}
_CHINESE = ("gb18030", "cp950", "big5hkscs", "utf-16-le", "utf-16-be")
_GB, _BIG5 = ("gb18030", "gb2312", "gbk"), ("big5", "big5hkscs", "cp950")
# So much of a text is looked at to tell what it is in, and so little tells nothing of its language.
_SAMPLE, _TOO_LITTLE = 1 << 14, 20
# So much of a file is decoded at once.
_PIECE = 1 << 20
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
# Private characters have no meaning that anybody agreed on.
_PRIVATE = re.compile(r"[\ue000-\uf8ff]")
_HIGH = re.compile(rb"[\x80-\xff]")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_PUNCTUATION = re.compile(r"[、-】　！-～“”‘’—…·]")
# More than such a share of a text are neither, in UTF-8 and in what is less sure to be text.
_MOST_IN_UTF8, _MOST = 0.3, 0.02
# By so much more of a text are its characters common if that is to tell.
_CLEARLY = 0.3
_NO_TEXT = "not a text but binary data; give a text, a web page, Markdown or .docx"
_MAGIC = (b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


def decode(
    data: bytes,
    path: str | PathLike[str],
    encoding: str | None = None,
    likely: str | None = None,
) -> str:
    """Decode bytes to the text that they are.

    Parameters
    ----------
    data : bytes
        A file's content.
    path : path-like
        What to call it in an error.
    encoding : str, optional
        What it is in, by Python's name for it; by default what `detect` finds.
    likely : str, optional
        What it says that it is in.

    Returns
    -------
    str
        What the bytes decode to, less a byte order mark; nothing is cleaned, line ends are kept.

    Raises
    ------
    StanceclfError
        As `detect`.

    Examples
    --------
    >>> decode("开源".encode("gbk"), "一.txt"), decode("開源".encode("big5"), "二.txt")
    ('开源', '開源')
    """
    name, mark = detect(io.BytesIO(data), path, encoding, likely)
    return data[mark:].decode(name)


def detect(
    file: BinaryIO,
    path: str | PathLike[str],
    encoding: str | None = None,
    likely: str | None = None,
) -> tuple[str, int]:
    """Return what encoding a file is in, having read all of it, a piece at a time.

    Parameters
    ----------
    file : binary file
        What to read, from its beginning.
    path : path-like
        What to call it in an error.
    encoding : str, optional
        What it is in, by Python's name for it. By default this is found out: UTF-8, UTF-16 and
        UTF-32 by a byte order mark, UTF-8, GB18030 (and so GBK), Big5, UTF-16 without a mark.
    likely : str, optional
        What it says that it is in; believed if it is not UTF-8 and looks like it.

    Returns
    -------
    name : str
        The encoding, which all of the file is in.
    mark : int
        How many bytes the byte order mark takes before the text.

    Raises
    ------
    StanceclfError
        It is no text, or not in this encoding (with the first bad byte's offset), or in none that
        Chinese is written in.

    Examples
    --------
    >>> detect(io.BytesIO("\ufeff开源".encode("utf-8")), "一.txt")
    ('utf-8', 3)
    """
    sample = file.read(_SAMPLE)
    mark, name = next((one for one in _BOMS if sample.startswith(one[0])), (b"", encoding))
    if name is not None:
        if encoding is not None and (name := _named(encoding)) is None:
            raise StanceclfError(f"no encoding is called `{encoding}`; try gb18030 or big5")
        skip = len(mark) if name in _MARKED else 0
        return _strictly(file, name, path, skip, None if encoding else _MOST_IN_UTF8), skip
    if sample.startswith(_MAGIC):
        raise StanceclfError(_NO_TEXT, path=path)
    if b"\0" in sample and (wide := _choose(sample, ("utf-16-le", "utf-16-be"))):
        # Such a text may happen to be UTF-8 as well; then it is full of NULs.
        return _strictly(file, wide, path, 0, _MOST_IN_UTF8), 0
    try:
        _scan(file, "utf-8", path, 0, _MOST_IN_UTF8)
    except UnicodeDecodeError as error:
        told = _named(likely or "")
        return _chinese(file, sample, error.start, path, told), 0
    return "utf-8", 0


def _named(encoding: str) -> str | None:
    """Return what Python calls an encoding of text, None if there is none of this name."""
    try:
        return codecs.lookup(encoding).name if isinstance("".encode(encoding), bytes) else None
    except (LookupError, ValueError):
        return None


def _scan(
    file: BinaryIO, name: str, path: str | PathLike[str], skip: int, most: float | None
) -> None:
    """Decode all of a file, to see that it can be and, by its control characters, that it is text.

    Raises
    ------
    UnicodeDecodeError
        It cannot be; the error tells where in the file.
    """
    file.seek(skip)
    decoder = codecs.getincrementaldecoder(name)()
    size = odd = 0
    before, kept = skip, 0
    while True:
        piece = file.read(_PIECE)
        try:
            text = decoder.decode(piece, final=not piece)
        except UnicodeDecodeError as error:
            # The decoder kept the end of the piece before, which this one did not complete.
            error.start += before - kept
            raise
        state = decoder.getstate()
        before, kept = before + len(piece), len(state[0])
        size += len(text)
        odd += len(_CONTROL.findall(text))
        if not piece:
            break
    if most is not None and odd > max(1, size * most):
        raise StanceclfError(_NO_TEXT, path=path)


def _strictly(
    file: BinaryIO, name: str, path: str | PathLike[str], skip: int, most: float | None
) -> str:
    try:
        _scan(file, name, path, skip, most)
    except UnicodeError as error:
        bad = f" (first bad byte at {error.start})" if hasattr(error, "start") else ""
        raise StanceclfError(
            f"not {name.upper()} text{bad}; save it as UTF-8, or name its --encoding", path=path
        ) from None
    return name


def _chinese(
    file: BinaryIO, beginning: bytes, bad: int, path: str | PathLike[str], likely: str | None
) -> str:
    """Return the encoding of what is not UTF-8, for it has a bad byte."""
    sample = _telling(file)
    name = _choose(beginning, _CHINESE, sample, likely)
    told = None if name is not None and name.startswith("utf") else _foreign(sample)
    if likely and likely not in _CHINESE and (told or name is None):
        return _strictly(file, likely, path, 0, _MOST)
    if told:
        raise StanceclfError(
            f"not UTF-8 (first bad byte at {bad}) but, it seems, {told}; save it as UTF-8, or name "
            "its --encoding",
            path=path,
        )
    try:
        _scan(file, name or "gb18030", path, 0, _MOST)
    except UnicodeDecodeError as error:
        raise StanceclfError(
            f"neither UTF-8 (first bad byte at {bad}) nor {(name or 'gb18030').upper()} (at "
            f"{error.start}); save it as UTF-8, or name its --encoding",
            path=path,
        ) from None
    return name or "gb18030"


def _telling(file: BinaryIO) -> bytes:
    """Return the part of a file from the first byte on that is not ASCII, to tell what it is in."""
    file.seek(0)
    place = 0
    while piece := file.read(_PIECE):
        if match := _HIGH.search(piece):
            place += match.start()
            break
        place += len(piece)
    file.seek(place)
    return file.read(_SAMPLE)


def _choose(
    beginning: bytes, names: tuple[str, ...], sample: bytes = b"", likely: str | None = None
) -> str | None:
    """Return which of some encodings a text is in, None if it can be none of them."""
    common = {}
    for name in names:
        if name == "big5hkscs" and "cp950" in common:
            continue  # All that it adds are rare characters.
        text = _begin(beginning if name.startswith("utf-16") else sample, name)
        odd = len(_CONTROL.findall(text)) + len(_PRIVATE.findall(text)) if text else 1
        if text and odd <= max(1, len(text) * _MOST):
            common[name] = _common(text, name)
    # Nobody writes UTF-16 without a mark, other than by mistake; then it is plain to see.
    fitting = [n for n in common if not n.startswith("utf-16") or common[n] > 1 - _CLEARLY]
    fitting.sort(key=common.__getitem__, reverse=True)
    if not fitting:
        return None
    best, *others = fitting
    near = [name for name in others if common[best] - common[name] < _CLEARLY]
    if likely in {best, *near}:
        return likely
    if any(name.startswith("utf-16") for name in (best, *near)):
        narrow = (name for name in (best, *near) if not name.startswith("utf-16"))
        return next(narrow, best)
    return _by_chardet(sample, best) if near else best


def _begin(sample: bytes, name: str) -> str | None:
    """Return how a text begins, None if it is not in this encoding."""
    try:
        whole = len(sample) < _SAMPLE
        return codecs.getincrementaldecoder(name)().decode(sample, final=whole)
    except UnicodeDecodeError:
        return None


def _common(text: str, name: str) -> float:
    """Return the share of common characters and Chinese punctuation in what is beyond ASCII."""
    beyond = _BEYOND_ASCII.findall(text)
    if not beyond:
        return 0.0
    count = len(_PUNCTUATION.findall(text))
    sets = [_COMMON[name]] if name in _COMMON else list(_COMMON.values())
    return max(
        (count + sum(_is_common(char, charset, most) for char in beyond)) / len(beyond)
        for charset, most in sets
    )


def _is_common(char: str, charset: str, most: int) -> bool:
    code = char.encode(charset, "replace")
    return len(code) == 2 and 0xA4 <= code[0] <= most


def _by_chardet(sample: bytes, otherwise: str) -> str:
    import chardet

    found = chardet.detect(
        sample, include_encodings=("gb18030", "big5"), no_match_encoding="gb18030"
    )
    called = str(found["encoding"]).lower()
    return "gb18030" if called in _GB else "cp950" if called in _BIG5 else otherwise


def _foreign(sample: bytes) -> str | None:
    """Return the encoding of another language that a text seems to be in."""
    import chardet

    if sum(byte > 0x7F for byte in sample) < _TOO_LITTLE:
        return None
    found = chardet.detect_all(sample)
    sure = {one["encoding"]: float(one["confidence"]) for one in found if one["encoding"]}
    chinese = max((sure[name] for name in sure if name.lower() in _GB + _BIG5), default=0)
    name = max(sure, key=lambda name: sure[name], default="")
    return name if sure.get(name, 0) > max(0.1, 2 * chinese) else None
