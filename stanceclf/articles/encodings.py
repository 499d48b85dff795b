"""Encodings: detect which one a file is in, and decode it.

A byte order mark decides; else UTF-8, which hardly any other text happens to be; else the most
probable reading in a Chinese encoding, damaged or not, because wrongly decoded text is full of rare
characters. Text that is damaged, could be in two encodings, or seems to be in another language's,
is refused rather than read wrongly.
"""

from __future__ import annotations

import codecs
import io
import re
from dataclasses import replace
from operator import attrgetter
from os import PathLike
from typing import BinaryIO

from stanceclf.articles.chinese_codecs import decode_strictly, incremental_decoder, python_name
from stanceclf.articles.likelihood import Reading, is_doubtful, noise_cost, read_as
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
# chardet's names for Chinese encodings.
_NOT_FOREIGN = ("utf", "gb", "big5", "cp950", "hz", "euc-tw")
# Bytes that are examined: for the encoding, and for a language, which needs some beyond ASCII.
_WINDOW, _SAMPLE, _TOO_FEW = 1 << 11, 1 << 14, 20
# Bytes that are decoded at once.
_PIECE = 1 << 20
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_HIGH = re.compile(rb"[\x80-\xff]")
# The largest share of control characters in UTF-8, and in encodings that are less certain.
_MAX_ODD_UTF8, _MAX_ODD = 0.3, 0.02
# What the costs of two readings differ by if it decides; and what a declaration saves, and UTF-8,
# which is more usual than the others. By measurements on sentences of 2 to 900 characters, damaged
# and not.
_POSSIBLY, _CLEARLY, _SURELY, _DECLARED, _USUAL = 1.0, 2.0, 5.0, 8.0, 3.5
# Bytes that are too few to be UTF-8 for sure if none of its characters is long.
_FEW, _LONG_UTF8 = 200, re.compile(rb"[\xe0-\xf4]")
_BINARY = "not a text but binary data; give a text, a web page, Markdown or .docx"
# Between them a character cannot go on, in any Chinese encoding of bytes.
_STRETCH = re.compile(rb"[^\x00-\x2f]+")
# Stretches that are examined closely, which takes time: if so many are in order, all are.
_MOST_DOUBTFUL = 200
_FIX = "save it as UTF-8, or name its --encoding"


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
    return decode_strictly(data[mark:], name)


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
        if encoding is not None and (name := python_name(encoding)) is None:
            raise StanceclfError(f"unknown encoding `{encoding}`; try gb18030 or big5")
        skip = len(mark) if name in _MARKED else 0
        return _checked(file, name, path, skip, None if encoding else _MAX_ODD_UTF8), skip
    if b"\0" in sample and (wide := _choose(sample, len(sample) < _SAMPLE)) and "16" in wide.name:
        # Such a text may also be valid UTF-8, full of NULs.
        return _checked(file, wide.name, path, 0, _MAX_ODD_UTF8), 0
    try:
        _scan(file, "utf-8", path, 0, _MAX_ODD_UTF8)
    except UnicodeDecodeError as error:
        return _chinese(file, error.start, path, python_name(likely or "")), 0
    return _unless_another(sample, path), 0


def _unless_another(sample: bytes, path: str | PathLike[str]) -> str:
    """Return UTF-8, or what a text of a few characters is more likely to be that is also UTF-8.

    A character in GB18030 may be a letter in UTF-8, as of Armenian; but no Chinese one is so short.
    """
    if len(sample) > _FEW or sample.isascii() or _LONG_UTF8.search(sample):
        return "utf-8"
    costs = {name: read_as(sample, name, ends=True).cost for name in ("utf-8", *_CHINESE[:2])}
    best = min(costs, key=costs.__getitem__)
    if costs["utf-8"] - costs[best] > _SURELY:
        return best
    if costs["utf-8"] - costs[best] > _POSSIBLY:
        raise StanceclfError(f"either UTF-8 or {best.upper()} text; name its --encoding", path=path)
    return "utf-8"


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
    decoder = incremental_decoder(name)
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
        raise StanceclfError(f"not {name.upper()} text{bad}; {_FIX}", path=path) from None
    return name


def _chinese(file: BinaryIO, bad: int, path: str | PathLike[str], likely: str | None) -> str:
    """Return the encoding of a file whose byte `bad` is not UTF-8."""
    place, window, ends = _beyond_ascii(file)
    reading = _choose(window, ends, likely)
    name = reading.name if reading else None
    foreign = _foreign(window) if name is None or not name.startswith("utf") else None
    if likely and likely not in _CHINESE and (foreign or name is None):
        return _checked(file, likely, path, 0, _MAX_ODD)
    if name == "utf-8":
        what = f"damaged UTF-8 (first bad byte at {bad}); replace the file, or repair it"
        raise StanceclfError(what, path=path)
    if foreign:
        what = f"not UTF-8 (first bad byte at {bad}) but probably {foreign}; {_FIX}"
        raise StanceclfError(what, path=path)
    if reading is None:
        what = f"neither UTF-8 (first bad byte at {bad}) nor clearly another Chinese encoding"
        raise StanceclfError(f"{what}; {_FIX}", path=path)
    if reading.damage is not None:
        # Where it does not decode, or where it does so by chance.
        first = place + reading.damage
        try:
            _scan(file, reading.name, path, 0, _MAX_ODD)
        except UnicodeDecodeError as error:
            first = error.start
        what = f"damaged {reading.name.upper()} (first bad byte at {first})"
        raise StanceclfError(f"{what}; replace the file, or repair it", path=path)
    # HKSCS adds characters to Big5, which may be far in.
    names = [reading.name] if reading.name != "cp950" else ["cp950", "big5hkscs"]
    wrong = []
    for name in names:
        try:
            _scan(file, name, path, 0, _MAX_ODD)
        except UnicodeDecodeError as error:
            wrong.append(error.start)
        else:
            _check_lines(file, name, path)
            return name
    what = f"neither UTF-8 (first bad byte at {bad}) nor {reading.name.upper()} (at {wrong[0]})"
    raise StanceclfError(f"{what}; {_FIX}", path=path)


def _check_lines(file: BinaryIO, name: str, path: str | PathLike[str]) -> None:
    """Check a file of two bytes a character for damage that decodes all the same.

    A lost byte makes others of all characters up to the next blank, and so does UTF-8 that was
    appended. Of a line that is longer than a piece, only that piece is looked at.
    """
    file.seek(0)
    place, examined, begins = 0, 0, True
    while examined < _MOST_DOUBTFUL and (line := file.readline(_PIECE)):
        if begins and is_doubtful(incremental_decoder(name).decode(line)):
            for match in _STRETCH.finditer(line):
                stretch = match[0]
                ends = len(stretch) <= _WINDOW and match.end() < _PIECE
                if not is_doubtful(incremental_decoder(name).decode(stretch)):
                    continue
                examined += 1
                own, utf8 = (read_as(stretch[:_WINDOW], one, ends=ends) for one in (name, "utf-8"))
                first = own.damage if own.cost < utf8.cost else 0
                if first is not None:
                    at = place + match.start() + first
                    what = f"damaged {name.upper()}, or of several encodings (at byte {at})"
                    raise StanceclfError(f"{what}; replace the file, or repair it", path=path)
        place, begins = place + len(line), line.endswith(b"\n")


def _beyond_ascii(file: BinaryIO) -> tuple[int, bytes, bool]:
    """Return a sample of a file around its first byte beyond ASCII: where, what, and if all."""
    file.seek(0)
    place = 0
    while piece := file.read(_PIECE):
        if match := _HIGH.search(piece):
            place += match.start()
            break
        place += len(piece)
    # UTF-16 has pairs of bytes.
    place = max(0, place - 16) // 2 * 2
    file.seek(place)
    sample = file.read(_SAMPLE)
    return place, sample, len(sample) < _SAMPLE


def _choose(sample: bytes, ends: bool, likely: str | None = None) -> Reading | None:
    """Return the most probable reading of a sample; None if none is probable, or two are alike."""
    window = sample[:_WINDOW]
    whole = ends and len(sample) <= _WINDOW
    readings: list[Reading] = []
    for name in ("utf-8", *_CHINESE):
        if name == "big5hkscs" and readings[-1].damage is None:
            continue  # It adds rare characters to Big5, and reads some signs otherwise.
        reading = read_as(window, name, ends=whole)
        saved = _DECLARED if name == likely else _USUAL if name == "utf-8" else 0
        readings.append(replace(reading, cost=reading.cost - saved))
    readings.sort(key=attrgetter("cost"))
    best = readings[0]
    if best.cost > noise_cost(window) - _CLEARLY:
        return None
    return None if readings[1].cost - best.cost < _CLEARLY else best


def _foreign(sample: bytes) -> str | None:
    """Return the encoding of another language that a text is probably in, if any."""
    import chardet

    if len(_HIGH.findall(sample)) < _TOO_FEW:
        return None
    found = chardet.detect_all(sample)
    sure = {one["encoding"]: float(one["confidence"]) for one in found if one["encoding"]}
    chinese = {name for name in sure if name.lower().startswith(_NOT_FOREIGN)}
    most = max((sure[name] for name in chinese), default=0.0)
    name = max(sure.keys() - chinese, key=lambda name: (sure[name], name), default="")
    return name if sure.get(name, 0) > max(0.1, 2 * most) else None
