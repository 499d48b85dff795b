"""Suggested rules as a YAML file, to be edited and then added to a topic."""

from __future__ import annotations

from collections.abc import Sequence

from stanceclf.authoring.suggestions import Suggestion
from stanceclf.io import to_yaml
from stanceclf.rules import Rule

_HEAD = """\
# Rules suggested by `stanceclf rules suggest`, best first. Delete those that you would not defend
# for any text on the topic, fix the rest, then run
#   stanceclf rules add {name}
# Above each rule: z, how strongly its words are tied to its stance (log-odds with a Dirichlet
# prior); the sentences that it votes on; those of them that no rule votes on yet; and the share of
# its votes that agree with the gold label, else with the rules, else with the model.
rules:
"""


def write_suggestions(suggestions: Sequence[Suggestion], name: str) -> str:
    """Return suggestions as the text of a rule file called `name`.

    Examples
    --------
    >>> print(write_suggestions([], "建议.yaml").splitlines()[-1])
    rules: []
    """
    head = _HEAD.format(name=name)
    if not suggestions:
        return head.rstrip() + " []\n"
    return head + "\n".join(map(_item, suggestions))


def _item(suggestion: Suggestion) -> str:
    figures = f"z {suggestion.z:.1f}; {suggestion.votes} votes, {suggestion.new} new"
    judged = suggestion.correct + suggestion.incorrect
    gold = f"; gold {suggestion.correct}/{judged}" if judged else ""
    return f"  # {figures}; {suggestion.agrees:.0%} agree{gold}\n" + rule_yaml(suggestion.rule, 2)


def rule_yaml(rule: Rule, indent: int) -> str:
    """Return a rule as an indented item of a YAML list; defaults are left out.

    Examples
    --------
    >>> print(rule_yaml(Rule(name="便宜", label="favor", any=("便宜",)), 2), end="")
      - name: 便宜
        label: favor
        any:
        - 便宜
    """
    text = to_yaml([rule.written()])
    # Not splitlines or textwrap.indent: a sentence may contain U+2028 and the like.
    return "".join(f"{' ' * indent}{line}\n" for line in text.rstrip("\n").split("\n"))
