from .attribution import (
    Attribution as Attribution,
    Voice as Voice,
    attribute_sentences as attribute_sentences,
)
