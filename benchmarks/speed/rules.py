"""Rules: sixty plain keyword rules in several ways, and the whole topic in ours."""

from __future__ import annotations

import numpy as np

from speed.bench import Bench
from speed.report import Table
from speed.rule_ways import alternation, keyword_rules, naive, snorkel_tutorial
from speed.texts import megabytes, so_many
from speed.timing import Job, some_of, time_on_texts
from speed.ways import not_installed
from stanceclf.labels import ABSTAIN
from stanceclf.rules import Voter, load_voter

_RULES = 60
_SENTENCES = 100_000
_COMPARED = 500
_BUDGET = 2.5
_OURS, _NAIVE, _RE = "stanceclf", "naive loop", "one `re` alternation a rule"
_SNORKEL, _CAREFUL = "Snorkel, as in its tutorial", "Snorkel, `x.text` read once a rule"


def measure_rules(bench: Bench) -> Table:
    """Time every way of voting."""
    whole = load_voter(bench.topic)
    normalize = bench.model.normalizer
    rules = keyword_rules(whole.rules, _RULES)
    plain = Voter(whole.topic, rules, normalize)
    words = sum(len(rule.any) for rule in rules)
    with_all = f"stanceclf, another job: all {len(whole.rules)} rules, patterns and sides"
    # The others get normalized texts; ours normalizes again.
    texts = so_many([normalize(text) for text in bench.texts], _SENTENCES)
    jobs: dict[str, Job] = {
        _OURS: plain.vote_matrix,
        with_all: whole.vote_matrix,
        _NAIVE: naive(rules, normalize),
        _RE: alternation(rules, normalize),
    }
    if not (missing := not_installed("snorkel")):
        jobs[_CAREFUL] = snorkel_tutorial(rules, normalize, careful=True)
        jobs[_SNORKEL] = snorkel_tutorial(rules, normalize)
    table = Table(
        f"Rules: {len(rules)} keyword rules, {_SENTENCES:,} sentences",
        [
            f"{words:,} words in all, those of the topic's rules; a negator before a word vetoes "
            "it. The others do the plain job: a word occurs, without a negator in the six "
            "characters before it. Ours also normalizes and reads clauses, questions, idioms, "
            f"denials and turns. Votes are counted on {_COMPARED} of the sentences. The texts are "
            "repeated with a number at the end of each, so that no two are the same. A labelling "
            "function in Snorkel's tutorial reads `x.text` once per word, which is slow with this "
            "many words; where it is read once, the time is that of the rest of Snorkel.",
        ],
        [
            *("way", "x Snorkel's tutorial", "x Snorkel, read once", "x naive loop"),
            *("MB/s", "sentences/s", "timed on", "votes"),
        ],
    )
    timings = time_on_texts(jobs, texts, bench.repeats, _BUDGET)
    table.add_timings(timings, [_SNORKEL, _CAREFUL, _NAIVE], megabytes(texts), len(texts))
    sample = some_of(texts, _COMPARED)
    for row, data, job in zip(table.rows, table.data, jobs.values(), strict=True):
        data["votes"] = int((np.asarray(job(sample)) != ABSTAIN).sum())
        row.append(str(data["votes"]))
    if missing:
        table.add_missing(_SNORKEL, missing)
    return table
