"""The door: settings from the environment, the application from the settings, nothing else."""

from lms import create_app
from lms.config import read_settings

app = create_app(read_settings())
