"""The pipeline's stages: one module, one command, one section of the settings each."""
