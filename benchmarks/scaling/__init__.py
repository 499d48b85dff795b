"""What `benchmarks/scale.py` is made of: the corpus, the work to time, the chart."""
