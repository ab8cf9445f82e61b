"""ONNX Runtime on the CPU; on one thread, as the engine runs it, unless more are asked for."""
import onnxruntime as ort
import torch

VNNI = ("avx512_vnni", "avx_vnni")


def session(path, threads=1) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    found = torch.cpu.get_capabilities()
    if found.get("architecture") == "x86_64" and not any(found.get(name) for name in VNNI):
        # without VNNI, pairs of int8 products are added in 16 bits and stop at 32,767; this is the exact, slower way
        options.add_session_config_entry("session.x64quantprecision", "1")
    return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
