"""From the clerk's request at the desk to the painted question."""

import contextlib
import itertools
import tempfile
import time
from pathlib import Path

from tests.bench.display import tell_apart
from tests.bench.ours import Demo
from tests.bench.table import PAIRS, Goal, Row
