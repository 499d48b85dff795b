"""Encodings: detect which one a file is in, and decode it.

A byte order mark decides; else UTF-8, which hardly any other text happens to be; else the other
Chinese encodings are tried, strictly. If several fit, common characters decide, because wrongly
decoded text is full of rare ones; if they do not, chardet does. Text that seems to be in another
language's encoding is refused rather than read wrongly.
"""

from __future__ import annotations

import codecs
import io
import re
from os import PathLike
from typing import BinaryIO

from stanceclf.errors import StanceclfError

# UTF-32's mark begins with UTF-16's, so it comes first.
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MARKED = {name for _, name in _BOMS}
_CHINESE = ("gb18030", "cp950", "big5hkscs", "utf-16-le", "utf-16-be")
# In both Chinese character sets the common half comes first, up to this leading byte.
_COMMON = {"gb18030": ("gb2312", 0xD7), "cp950": ("big5", 0xC6), "big5hkscs": ("big5", 0xC6)}
# chardet's names for them.
_GB, _BIG5 = ("gb18030", "gb2312", "gbk"), ("big5", "big5hkscs", "cp950")
# Bytes that are examined, and bytes beyond ASCII that are too few to show a language.
_SAMPLE, _TOO_FEW = 1 << 14, 20
# Bytes that are decoded at once.
_PIECE = 1 << 20
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_PRIVATE = re.compile(r"[\ue000-\uf8ff]")
_HIGH = re.compile(rb"[\x80-\xff]")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_PUNCTUATION = re.compile(r"[、-】　！-～“”‘’—…·]")
# The largest share of control characters in UTF-8, and in encodings that are less certain.
_MAX_ODD_UTF8, _MAX_ODD = 0.3, 0.02
# A difference between shares of common characters that decides.
_CLEARLY = 0.3
_BINARY = "not a text but binary data; give a text, a web page, Markdown or .docx"
_MAGIC = (b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


def decode(
    data: bytes,
    path: str | PathLike[str],
    encoding: str | None = None,
    likely: str | None = None,
) -> str:
    """Return the text of some bytes, less a byte order mark; arguments and errors as of `detect`.

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
    """Return a file's encoding and the length of its byte order mark, in bytes.

    All of the file is read, a piece at a time, so that it is sure to decode.

    Parameters
    ----------
    file : binary file
        The file, which is read from its beginning.
    path : path-like
        Its name in errors.
    encoding : str, optional
        Its encoding, by Python's name. By default UTF-8, UTF-16 and UTF-32 are known by their byte
        order marks; UTF-8, GB18030 (and so GBK), Big5 and UTF-16 without one.
    likely : str, optional
        The encoding that the file declares; believed if it is not UTF-8 and fits.

    Raises
    ------
    StanceclfError
        It is not text, not in this encoding (with the first bad byte's offset), or not in an
        encoding of Chinese.

    Examples
    --------
    >>> detect(io.BytesIO("\ufeff开源".encode("utf-8")), "一.txt")
    ('utf-8', 3)
    """
    sample = file.read(_SAMPLE)
    mark, name = next((one for one in _BOMS if sample.startswith(one[0])), (b"", encoding))
    if name is not None:
        if encoding is not None and (name := _python_name(encoding)) is None:
            raise StanceclfError(f"unknown encoding `{encoding}`; try gb18030 or big5")
        skip = len(mark) if name in _MARKED else 0
        return _checked(file, name, path, skip, None if encoding else _MAX_ODD_UTF8), skip
    if sample.startswith(_MAGIC):
        raise StanceclfError(_BINARY, path=path)
    if b"\0" in sample and (wide := _choose(sample, ("utf-16-le", "utf-16-be"))):
        # Such a text may also be valid UTF-8, full of NULs.
        return _checked(file, wide, path, 0, _MAX_ODD_UTF8), 0
    try:
        _scan(file, "utf-8", path, 0, _MAX_ODD_UTF8)
    except UnicodeDecodeError as error:
        return _chinese(file, sample, error.start, path, _python_name(likely or "")), 0
    return "utf-8", 0


def _python_name(encoding: str) -> str | None:
    """Return Python's name for an encoding of text, None if there is no such encoding."""
    try:
        return codecs.lookup(encoding).name if isinstance("".encode(encoding), bytes) else None
    except (LookupError, ValueError):
        return None


def _scan(
    file: BinaryIO, name: str, path: str | PathLike[str], skip: int, max_odd: float | None
) -> None:
    """Check that all of a file decodes and that, by its control characters, it is text.

    Raises
    ------
    UnicodeDecodeError
        It does not decode; the error says where in the file.
    """
    file.seek(skip)
    decoder = codecs.getincrementaldecoder(name)()
    size = odd = kept = 0
    before = skip
    while True:
        piece = file.read(_PIECE)
        try:
            text = decoder.decode(piece, final=not piece)
        except UnicodeDecodeError as error:
            # The decoder kept the end of the previous piece, which this one did not complete.
            error.start += before - kept
            raise
        before, kept = before + len(piece), len(decoder.getstate()[0])
        size += len(text)
        odd += len(_CONTROL.findall(text))
        if not piece:
            break
    if max_odd is not None and odd > max(1, size * max_odd):
        raise StanceclfError(_BINARY, path=path)


def _checked(
    file: BinaryIO, name: str, path: str | PathLike[str], skip: int, max_odd: float | None
) -> str:
    try:
        _scan(file, name, path, skip, max_odd)
    except UnicodeError as error:
        bad = f" (first bad byte at {error.start})" if hasattr(error, "start") else ""
        raise StanceclfError(
            f"not {name.upper()} text{bad}; save it as UTF-8, or name its --encoding", path=path
        ) from None
    return name


def _chinese(
    file: BinaryIO, beginning: bytes, bad: int, path: str | PathLike[str], likely: str | None
) -> str:
    """Return the encoding of a file whose byte `bad` is not UTF-8."""
    sample = _beyond_ascii(file)
    name = _choose(beginning, _CHINESE, sample, likely)
    foreign = None if name is not None and name.startswith("utf") else _foreign(sample)
    if likely and likely not in _CHINESE and (foreign or name is None):
        return _checked(file, likely, path, 0, _MAX_ODD)
    fix = "save it as UTF-8, or name its --encoding"
    if foreign:
        what = f"not UTF-8 (first bad byte at {bad}) but probably {foreign}; {fix}"
        raise StanceclfError(what, path=path)
    name = name or "gb18030"
    try:
        _scan(file, name, path, 0, _MAX_ODD)
    except UnicodeDecodeError as error:
        what = f"neither UTF-8 (first bad byte at {bad}) nor {name.upper()} (at {error.start})"
        raise StanceclfError(f"{what}; {fix}", path=path) from None
    return name


def _beyond_ascii(file: BinaryIO) -> bytes:
    """Return a sample of a file that begins with its first byte beyond ASCII."""
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
    """Return the most probable of some encodings, None if none fits."""
    common = {}
    for name in names:
        if name == "big5hkscs" and "cp950" in common:
            continue  # It adds only rare characters.
        text = _decoded(beginning if name.startswith("utf-16") else sample, name)
        odd = len(_CONTROL.findall(text)) + len(_PRIVATE.findall(text)) if text else 1
        if text and odd <= max(1, len(text) * _MAX_ODD):
            common[name] = _share_of_common(text, name)
    # UTF-16 without a mark is rare, and obvious.
    fitting = [n for n in common if not n.startswith("utf-16") or common[n] > 1 - _CLEARLY]
    fitting.sort(key=common.__getitem__, reverse=True)
    if not fitting:
        return None
    best = fitting[0]
    near = [name for name in fitting if common[best] - common[name] < _CLEARLY]
    if likely in near:
        return likely
    if any(name.startswith("utf-16") for name in near):
        return next((name for name in near if not name.startswith("utf-16")), best)
    return _by_chardet(sample, best) if len(near) > 1 else best


def _decoded(sample: bytes, name: str) -> str | None:
    """Return a sample's text, None if it is not in this encoding; its last character may be cut."""
    try:
        decoder = codecs.getincrementaldecoder(name)()
        return decoder.decode(sample, final=len(sample) < _SAMPLE)
    except UnicodeDecodeError:
        return None


def _share_of_common(text: str, name: str) -> float:
    """Return the share of common characters and Chinese punctuation in what is beyond ASCII."""
    beyond = _BEYOND_ASCII.findall(text)
    if not beyond:
        return 0.0
    punctuation = len(_PUNCTUATION.findall(text))
    sets = {_COMMON[name]} if name in _COMMON else set(_COMMON.values())
    return max(
        (punctuation + sum(_is_common(char, charset, last) for char in beyond)) / len(beyond)
        for charset, last in sets
    )


def _is_common(char: str, charset: str, last: int) -> bool:
    code = char.encode(charset, "replace")
    return len(code) == 2 and 0xA4 <= code[0] <= last


def _by_chardet(sample: bytes, otherwise: str) -> str:
    import chardet

    found = chardet.detect(
        sample, include_encodings=("gb18030", "big5"), no_match_encoding="gb18030"
    )
    name = str(found["encoding"]).lower()
    return "gb18030" if name in _GB else "cp950" if name in _BIG5 else otherwise


def _foreign(sample: bytes) -> str | None:
    """Return the encoding of another language that a text is probably in, if any."""
    import chardet

    if len(_HIGH.findall(sample)) < _TOO_FEW:
        return None
    found = chardet.detect_all(sample)
    sure = {one["encoding"]: float(one["confidence"]) for one in found if one["encoding"]}
    chinese = max((sure[name] for name in sure if name.lower() in _GB + _BIG5), default=0)
    name = max(sure, key=lambda name: sure[name], default="")
    return name if sure.get(name, 0) > max(0.1, 2 * chinese) else None
