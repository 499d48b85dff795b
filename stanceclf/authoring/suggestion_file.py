"""Suggestion files: suggested rules as YAML, to accept or to strike."""

from __future__ import annotations

from collections.abc import Sequence

import yaml

from stanceclf.authoring.suggestions import Suggestion
from stanceclf.rules import Rule

_HEAD = """\
# Rules suggested by `stanceclf rules suggest`, the best first. Strike those that you would not
# defend for any text on the topic, mend the rest, then
#   stanceclf rules add {name}
# Above each: z, how far its words set its stance apart (log-odds with a Dirichlet prior); on how
# many sentences it votes, and on how many no rule does yet; what share of its votes agrees with
# gold, else with the rules, else with the model.
rules:
"""


def write_suggestions(suggestions: Sequence[Suggestion], name: str) -> str:
    """Return suggestions as a file of rules.

    Parameters
    ----------
    suggestions : sequence of Suggestion
        The suggestions.
    name : str
        What the file is called, to tell how to add its rules.

    Examples
    --------
    >>> print(write_suggestions([], "建议.yaml").splitlines()[-1])
    rules: []
    """
    head = _HEAD.format(name=name)
    if not suggestions:
        return head.rstrip() + " []\n"
    return head + "\n".join(map(_entry, suggestions))


def _entry(suggestion: Suggestion) -> str:
    figures = f"z {suggestion.z:.1f}; {suggestion.votes} votes, {suggestion.new} new"
    judged = suggestion.correct + suggestion.incorrect
    gold = f"; gold {suggestion.correct}/{judged}" if judged else ""
    return f"  # {figures}; {suggestion.agrees:.0%} agree{gold}\n" + rule_yaml(suggestion.rule, 2)


def rule_yaml(rule: Rule, indent: int) -> str:
    """Return a rule as an item of a YAML list; what is as by default is left out.

    Parameters
    ----------
    rule : Rule
        The rule.
    indent : int
        At which column the item begins.

    Examples
    --------
    >>> print(rule_yaml(Rule(name="便宜", label="favor", any=("便宜",)), 2), end="")
      - name: 便宜
        label: favor
        any:
        - 便宜
    """
    text = yaml.safe_dump([rule.written()], allow_unicode=True, sort_keys=False, width=float("inf"))
    # Not splitlines: U+2028 and its like may stand inside a sentence.
    return "".join(f"{' ' * indent}{line}\n" for line in text.rstrip("\n").split("\n"))
