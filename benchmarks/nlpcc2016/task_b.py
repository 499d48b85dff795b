"""Task B: two targets without labels; rules label the posts weakly, the estimator learns.

It also learns from the examples for anything that every new project begins with.
"""

from __future__ import annotations

from pathlib import Path

from stanceclf.articles import Normalizer
from stanceclf.authoring.project import generic_examples
from stanceclf.errors import StanceclfError
from stanceclf.io import Columns
from stanceclf.labels import READING_ORDER, STANCES
from stanceclf.rules import LabelModel, Voter, load_voter
from stanceclf.training import (
    StanceClassifier,
    TrainConfig,
    examples_of,
    gather,
    make_classifier,
)

_HERE = Path(__file__).parent
#: The topic's folder of each target.
TOPICS = {"转基因食品": _HERE / "gm-food", "朝鲜核试验": _HERE / "nuclear-test"}

Posts = list[dict[str, str]]

# As in a new project, whose examples for anything include enough that take no side.
_CONFIG = TrainConfig(
    features=("chars", "tagged chars", "signed chars"),
    abstained=0.0,
    min_df=2,
    rule_weight=4.0,
    half_weight=0.0,
)


def label_weakly_and_predict(unlabelled: Posts, test: Posts) -> tuple[list[str], list[str]]:
    """Return a line of the report per target, and the stance of each post to predict."""
    normalize = Normalizer.from_opencc()
    lines: list[str] = []
    stance_of: dict[str, str] = {}
    for target in sorted({post["TARGET"] for post in test}):
        if target not in TOPICS:
            raise StanceclfError(f"there are no rules for the target `{target}`")
        voter = load_voter(TOPICS[target], normalize)
        posts = [post["TEXT"] for post in unlabelled if post["TARGET"] == target]
        classifier, summary = fit(voter, posts)
        own = [post for post in test if post["TARGET"] == target]
        stances = classifier.predict([post["TEXT"] for post in own])
        stance_of |= {post["ID"]: str(s) for post, s in zip(own, stances, strict=True)}
        lines.append(f"task B, {target}: {summary}")
    return lines, [stance_of[post["ID"]] for post in test]


def fit(voter: Voter, posts: list[str]) -> tuple[StanceClassifier, str]:
    """Fit a classifier on posts labelled by rules and on examples; return it with a summary."""
    votes = voter.vote_matrix(posts)
    weak = LabelModel("weighted", voter.weights).fit(votes)(votes)
    places = range(len(posts))
    columns: Columns = {
        "text": posts,
        "article": ["posts"] * len(posts),
        "start": list(places),
        "end": list(places),
        "weak_label": weak.stances(),
    }
    for stance in READING_ORDER:
        shares = weak.probability[:, STANCES.index(stance)].tolist()
        columns[f"p_{stance}"] = [None if share != share else share for share in shares]
    generic = generic_examples(voter.topic, voter.reader.normalize)
    examples = [*examples_of(voter.rules), *generic]
    training = gather(columns, None, examples, abstained=_CONFIG.abstained)
    classifier = make_classifier(_CONFIG, voter, "weighted")
    classifier.fit(training.texts, training.labels, training.weights)
    counts = " · ".join(f"{stance} {weak.stances().count(stance)}" for stance in READING_ORDER)
    return classifier, f"{len(voter.rules)} rules, weak labels on {len(posts)} posts: {counts}"
