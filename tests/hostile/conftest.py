"""The saved pages are read by a module of the parsers' tests."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "parsers"))
