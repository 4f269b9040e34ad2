"""The demonstration: real modules as readable files, fictional people, loaded through the commands authors use."""
