"""How well speakers are recognized in articles written for the purpose, set by set.

    python benchmarks/speakers.py [--errors]

Each set was written and annotated (by `seeds/SPEAKERS.md`) without looking at the code. Prints a
table and writes it to ``results/speakers.csv``; `speakers/README.md` has the first figures.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from runs import RESULTS, write_rows

from stanceclf.articles import Normalizer, read_folder
from stanceclf.evaluation import SpeakerScores, read_speakers, score_speakers
from stanceclf.speakers import Attribution, attribute_sentences

FOLDER = Path(__file__).parent / "speakers"


def rows(errors: bool = False) -> Iterator[dict[str, str]]:
    """Yield one row per set; with `errors`, print each sentence with a wrong speaker first."""
    gold = read_speakers(FOLDER / "speakers.jsonl")
    found: dict[tuple[str, int, int], Attribution] = {}
    for sentence, said in attribute_sentences(
        read_folder(FOLDER / "articles"), Normalizer.from_opencc()
    ):
        found[sentence.place] = said
        truth = gold.get(sentence.place, Attribution(None, "author"))
        if errors and truth.speaker != said.speaker:
            wrong = f"expected {truth.speaker}, found {said.speaker}"
            sys.stdout.write(f"{sentence.article}: {wrong}: {sentence.text}\n")
    sets: defaultdict[str, list[SpeakerScores]] = defaultdict(list)
    for name, scores in score_speakers(gold, found).items():
        sets[name.split("/")[0]].append(scores)
    # Articles in which nobody speaks have no scores, but speakers found in them are wrong.
    heard = {place[0] for place in gold}
    for name, own in sets.items():
        articles = {place[0] for place in found if place[0].startswith(f"{name}/")}
        extra = sum(
            said.speaker is not None
            for place, said in found.items()
            if place[0] in articles - heard
        )
        sums = [
            sum(getattr(one, field) for one in own)
            for field in ("gold", "attributed", "right", "voices")
        ]
        total = SpeakerScores(sums[0], sums[1] + extra, *sums[2:]).figures()
        shares = {key: f"{total[key]:.3f}" for key in ("precision", "recall", "f1")}
        yield {
            "set": name,
            "articles": str(len(articles)),
            "sentences with a speaker": str(total["sentences"]),
            **shares,
        }


if __name__ == "__main__":
    write_rows(RESULTS / "speakers.csv", rows("--errors" in sys.argv))
