from .attribution import (
    Attribution as Attribution,
    Voice as Voice,
    said_sentences as said_sentences,
)
