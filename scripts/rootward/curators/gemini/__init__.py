"""The models of Google's Gemini API, over google-genai."""

from rootward.curators.gemini.model import Gemini
from rootward.curators.prompts import templates

__all__ = ["Gemini", "templates"]
