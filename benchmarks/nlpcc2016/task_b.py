"""Task B: two targets without labels; rules label the posts weakly, the estimator learns."""

from __future__ import annotations

from pathlib import Path

from stanceclf.articles import Normalizer
from stanceclf.errors import StanceclfError
from stanceclf.io import Columns
from stanceclf.labels import READING_ORDER, STANCES
from stanceclf.rules import LabelModel, Voter, load_voter
from stanceclf.training import (
    StanceClassifier,
    TrainConfig,
    examples_of,
    gather,
    load_config,
    make_classifier,
)

_HERE = Path(__file__).parent
#: The topic's folder of each target.
TOPICS = {"转基因食品": _HERE / "gm-food", "朝鲜核试验": _HERE / "nuclear-test"}

Posts = list[dict[str, str]]


def label_weakly_and_predict(unlabelled: Posts, test: Posts) -> tuple[list[str], list[str]]:
    """Return a line of the report per target, and the stance of each post to predict.

    The settings are the pipeline's own (configs/pipeline.yaml), those for five articles.
    """
    config = load_config(_HERE.parent.parent / "configs/pipeline.yaml", "train", TrainConfig)
    normalize = Normalizer.from_opencc()
    lines: list[str] = []
    stance_of: dict[str, str] = {}
    for target in sorted({post["TARGET"] for post in test}):
        if target not in TOPICS:
            raise StanceclfError(f"there are no rules for the target `{target}`")
        voter = load_voter(TOPICS[target], normalize)
        posts = [post["TEXT"] for post in unlabelled if post["TARGET"] == target]
        classifier, summary = fit(voter, posts, config)
        own = [post for post in test if post["TARGET"] == target]
        stances = classifier.predict([post["TEXT"] for post in own])
        stance_of |= {post["ID"]: str(s) for post, s in zip(own, stances, strict=True)}
        lines.append(f"task B, {target}: {summary}")
    return lines, [stance_of[post["ID"]] for post in test]


def fit(voter: Voter, posts: list[str], config: TrainConfig) -> tuple[StanceClassifier, str]:
    """Fit the pipeline's classifier on posts labelled by rules; return it with a summary."""
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
    examples = examples_of(voter.rules) if config.examples else ()
    training = gather(columns, None, examples, abstained=config.abstained)
    classifier = make_classifier(config, voter, "weighted")
    classifier.fit(training.texts, training.labels, training.weights)
    counts = " · ".join(f"{stance} {weak.stances().count(stance)}" for stance in READING_ORDER)
    return classifier, f"{len(voter.rules)} rules, weak labels on {len(posts)} posts: {counts}"
