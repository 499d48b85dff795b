"""Chinese encodings as browsers read them, where Python's codecs are stricter or older.

A byte 0x80 in GBK is Windows' euro sign. Characters that GB18030 took from outside Unicode have got
places in it since, which Python does not use: A3A0, with which many pages are indented, is a blank.
Each becomes one character, as in the WHATWG Encoding Standard and GB18030-2022.
"""

from __future__ import annotations

import codecs
import io
from typing import BinaryIO

#: What is read as GB18030, which contains them.
_GB = {"gbk", "gb2312", "gb18030", "cp936"}
_GB18030 = "gb18030"
_PRIVATE = (
    "\ue5e5"  # A3A0
    "\ue78d\ue78e\ue78f\ue790\ue791\ue792\ue793\ue794\ue795\ue796"  # A6D9 to A6F3
    "\ue7c7"  # A8BC
    # FE51 to FEA0
    "\ue816\ue817\ue818\ue81e\ue826\ue82b\ue82c\ue831\ue832\ue83b\ue843\ue854\ue855\ue864"
)
_PUBLIC = (
    "\u3000"
    "\ufe10\ufe12\ufe11\ufe13\ufe14\ufe15\ufe16\ufe17\ufe18\ufe19"
    "\u1e3f"
    "\U00020087\U00020089\U000200cc\u9fb4\u9fb5\u9fb6\u9fb7\U000215d7\u9fb8\U0002298f\u9fb9\u9fba"
    "\U000241fe\u9fbb"
)
_TO_PUBLIC = str.maketrans(_PRIVATE, _PUBLIC)
_EURO = "stanceclf.euro"


def python_name(encoding: str) -> str | None:
    """Return Python's name for an encoding of text, None if there is no such encoding.

    Examples
    --------
    >>> python_name("BIG5"), python_name("GBK"), python_name("klingon")
    ('big5', 'gb18030', None)
    """
    try:
        name = codecs.lookup(encoding).name if isinstance("".encode(encoding), bytes) else None
    except (LookupError, ValueError):
        return None
    return _GB18030 if name in _GB else name


def decode_strictly(data: bytes, name: str) -> str:
    r"""Return the text of bytes in an encoding, by the name that `python_name` returns.

    Raises
    ------
    UnicodeError
        They are not in this encoding.

    Examples
    --------
    >>> decode_strictly(b"\xa3\xa0\x80100", "gb18030")
    '\u3000€100'
    """
    text = data.decode(name, _errors(name))
    return text.translate(_TO_PUBLIC) if name == _GB18030 else text


def incremental_decoder(name: str) -> codecs.IncrementalDecoder:
    """Return a decoder of bytes that come in pieces, to check that they decode.

    Characters that moved are where Python has them; `decode_strictly` and `open_text` move them.
    """
    return codecs.getincrementaldecoder(name)(_errors(name))


def open_text(file: BinaryIO, name: str, newline: str) -> io.TextIOWrapper:
    r"""Return a binary file as text, to be read by `read` or `readline`.

    Examples
    --------
    >>> open_text(io.BytesIO(b"\xa3\xa0\x80100\n"), "gb18030", newline="").readline()
    '\u3000€100\n'
    """
    kind = _GbText if name == _GB18030 else io.TextIOWrapper
    return kind(file, encoding=name, errors=_errors(name), newline=newline)


class _GbText(io.TextIOWrapper):
    def read(self, size: int | None = -1, /) -> str:
        return super().read(size).translate(_TO_PUBLIC)

    def readline(self, size: int = -1, /) -> str:  # type: ignore[override]
        return super().readline(size).translate(_TO_PUBLIC)


def _errors(name: str) -> str:
    if name != _GB18030:
        return "strict"
    codecs.register_error(_EURO, _euro)
    return _EURO


def _euro(error: UnicodeError) -> tuple[str, int]:
    if isinstance(error, UnicodeDecodeError) and error.object[error.start] == 0x80:
        return "€", error.start + 1
    raise error
