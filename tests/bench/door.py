"""The door of the bare application, as `wsgi.py` is that of ours."""

import gc

from lms.config import read_settings
from tests.bench.bare import build

app = build(read_settings())
gc.freeze()
