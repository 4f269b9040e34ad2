"""The door: settings from the environment, the application from the settings, nothing else."""

import gc

from lms import create_app
from lms.config import read_settings

app = create_app(read_settings())
gc.freeze()  # what was built so far lives as long as the process: no collection has to look through it again
