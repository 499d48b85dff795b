"""JSON that may stand in a page's script element, whatever an article holds."""

from __future__ import annotations

import json
import re

# What could end the element that holds it, or its lines, or is no character at all.
_UNSAFE = re.compile("[<>&\u2028\u2029\ud800-\udfff]")


def script_json(data: object) -> str:
    r"""Return data as JSON that cannot end the element it stands in.

    Examples
    --------
    >>> script_json({"开源": "</script>"})
    '{"开源":"\\u003c/script\\u003e"}'
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return _UNSAFE.sub(lambda match: f"\\u{ord(match.group()):04x}", text)
