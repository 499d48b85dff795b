"""The parts of `benchmarks/scale.py`: the corpus, the steps to time, the report and the chart."""
