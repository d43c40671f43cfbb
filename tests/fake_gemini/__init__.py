"""A local HTTP server that speaks the Gemini API, for tests and benchmarks.

It runs in a process of its own, so that a benchmark measures the client and not the two together, and so
that a client can be killed without losing the count of what it was answered. `FakeGemini` starts it:

    with FakeGemini(latency=0.2, faults={"429": 0.05, "truncated": 0.02}) as fake:
        client = genai.Client(api_key="test", http_options=HttpOptions(base_url=fake.url))
        ...
        assert fake.stats()["duplicates"] == 0

or by hand, `python tests/fake_gemini --port 0 --config '{"latency": 0.2}'`, which prints `READY <port>`.

What it answers comes from the human Reactome reference tables and from nothing but the fenced JSON block
that stands last in the prompt. Everything is a function of the seed and of what is asked: there is no random
number and no clock in an answer, so two runs that ask the same get the same. What goes wrong is configured
(`Config`), in three kinds that must not be mixed up: *noise* is a wrong opinion, the same at every attempt; a
*fault* is a broken delivery, decided anew at every attempt unless it is sticky; a *limit* refuses by rate.

The wire format was taken from the converters of google-genai 3.4.0 and from error bodies seen in public
issues. Its parts, each reading only from those before it:

    config      what can be set; kinds of fault; draws          wire        the answer in the body of a reply
    errors      a reply, and an error as the API words it       stats       the counts, and the log
    reference   Reactome                                        batches     files and batch jobs
    questions   what stands in a prompt                         connection  HTTP
    answers     what a curator says, with noise                 server      one method for each operation
    limits      quotas                                          client      `FakeGemini`
    faults      which request fails, how an answer is spoiled   refusals    the errors that faults stand for
    unkind      odd envelopes, and a wire without an end        run         the command line
"""

from fake_gemini.client import FakeGemini
from fake_gemini.config import FAULTS, Config, chance, pick
from fake_gemini.reference import loose, variants_of

__all__ = ["FAULTS", "Config", "FakeGemini", "chance", "loose", "pick", "variants_of"]
