"""Run the server: `python tests/fake_openai`; the arguments are those of fake_gemini."""

import sys
from pathlib import Path

if not __package__:  # started as a folder: Python has put that folder on the path, and not the one it stands in
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from fake_gemini.run import main

from fake_openai.config import ChatConfig
from fake_openai.server import ChatServer

main(server=ChatServer, config=ChatConfig)
