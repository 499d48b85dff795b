"""How well speakers are told on articles made up for it, set by set.

    python benchmarks/speakers.py [--errors]

Each set was written and annotated (by `seeds/SPEAKERS.md`) without a look at the code; its README
says what was measured when it was first read.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path

from stanceclf.articles import Normalizer, read_folder
from stanceclf.evaluation import SpeakerScores, read_speakers, score_speakers
from stanceclf.speakers import Attribution, said_sentences

FOLDER = Path(__file__).parent / "speakers"


def main(errors: bool) -> None:
    """Print the figures of each set, and what was told wrongly."""
    gold = read_speakers(FOLDER / "speakers.jsonl")
    told: dict[tuple[str, int, int], Attribution] = {}
    for sentence, said in said_sentences(
        read_folder(FOLDER / "articles"), Normalizer.from_opencc()
    ):
        told[sentence.place] = said
        truth = gold.get(sentence.place, Attribution(None, "author"))
        if errors and truth.speaker != said.speaker:
            wrong = f"{truth.speaker} told as {said.speaker}"
            sys.stdout.write(f"{sentence.article}: {wrong}: {sentence.text}\n")
    # An article in which nobody speaks counts too: there is much to be told wrongly.
    silent = {place: said for place, said in told.items() if said.speaker}
    sets: defaultdict[str, list[SpeakerScores]] = defaultdict(list)
    for name, scores in score_speakers(gold, told).items():
        sets[name.split("/")[0]].append(scores)
    heard = {place[0] for place in gold}
    lines = ["| set | articles | sentences with a speaker | precision | recall | F1 |"]
    lines.append("|---|---|---|---|---|---|")
    for name, own in sets.items():
        extra = sum(place[0].startswith(f"{name}/") and place[0] not in heard for place in silent)
        sums = [sum(getattr(one, field) for one in own) for field in ("gold", "right", "voices")]
        told_in_all = sum(one.told for one in own) + extra
        row = SpeakerScores(sums[0], told_in_all, sums[1], sums[2]).figures()
        count = len({place[0] for place in told if place[0].startswith(f"{name}/")})
        shares = " | ".join(f"{row[key]:.3f}" for key in ("precision", "recall", "f1"))
        lines.append(f"| {name} | {count} | {row['sentences']} | {shares} |")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main("--errors" in sys.argv)
