"""How fast the package is, compared with what people use instead."""
