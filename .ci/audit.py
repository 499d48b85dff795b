"""Look the pinned packages up among known vulnerabilities, with pip-audit.

Exits with 1 if one of them has any. Where pip-audit cannot reach its data, that is said and is no
failure. Run by ``make audit``.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

LOCK = Path(__file__).parent.parent / "requirements.lock"
AUDIT = ("uv", "tool", "run", "--quiet", "pip-audit==2.10.1", "--format", "json")
# What pip-audit and uv say when nobody answers.
SILENCE = ("ServiceError", "ConnectionError", "Max retries", "Failed to fetch", "timed out", "dns")


def main() -> None:
    """Print what is known of the pinned packages."""
    options = ("--requirement", str(LOCK), "--require-hashes", "--disable-pip")
    done = subprocess.run(
        [*AUDIT, "--progress-spinner", "off", *options],
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    say = sys.stdout.write
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except (ValueError, LookupError):
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        if any(said in done.stderr for said in SILENCE):
            say(f"not audited: pip-audit cannot reach its data from here ({reason})\n")
            return
        sys.exit(f"pip-audit failed: {reason}")
    unknown = [one["name"] for one in packages if "skip_reason" in one]
    for one in packages:
        for found in one.get("vulns", ()):
            fixed = ", ".join(found["fix_versions"]) or "no version"
            say(f"{one['name']} {one['version']}: {found['id']}, fixed in {fixed}\n")
    if len(unknown) == len(packages):
        say("not audited: pip-audit cannot reach its data from here (it knows no package at all)\n")
    else:
        known = len(packages) - len(unknown)
        say(f"{known} packages looked up; unknown: {', '.join(unknown) or 'none'}\n")
    sys.exit(int(any(one.get("vulns") for one in packages)))


if __name__ == "__main__":
    main()
