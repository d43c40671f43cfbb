"""Run the server: `python tests/fake_gemini`, or `python -m fake_gemini` with tests/ on the path."""

import sys
from pathlib import Path

if not __package__:  # started as a folder: Python has put that folder on the path, and not the one it stands in
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from fake_gemini.run import main

main()
