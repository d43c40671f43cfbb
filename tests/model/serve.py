"""llama.cpp's own server (of the package xllamacpp) with one GGUF file. Run: serve.py MODEL.gguf; prints READY <port>.
Ends with its standard input.
"""

import sys

import xllamacpp

CONTEXT = 8192

parameters = xllamacpp.CommonParams()
parameters.model.path = sys.argv[1]
parameters.n_ctx, parameters.n_parallel, parameters.port = CONTEXT, 1, 0
parameters.cpuparams.n_threads = 1
server = xllamacpp.Server(parameters)
print("READY", server.listening_address.rpartition(":")[2], flush=True)
sys.stdin.read()
