"""Writes packages/core/test/models/tiny/positions.onnx: an encoder that answers with the positions that it is given.

    python test/golden/make_positions.py

Needs `onnx` (made with 1.23.2). Token vectors are rows of the unit matrix: the token at position 5 has a 1 at place 5.
RoBERTa's positions begin at 2 (`create_position_ids_from_input_ids` of transformers: padding id + 1).
"""
from pathlib import Path

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

OUT = Path(__file__).resolve().parents[2] / "packages/core/test/models/tiny/positions.onnx"
SIZE = 16


def main():
    names = ["input_ids", "attention_mask", "position_ids"]
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, ["texts", "tokens"]) for name in names]
    output = helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["texts", "tokens", SIZE])
    table = numpy_helper.from_array(numpy.eye(SIZE, dtype=numpy.float32), "table")
    gather = helper.make_node("Gather", ["table", "position_ids"], ["last_hidden_state"])
    graph = helper.make_graph([gather], "positions", inputs, [output], [table])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8, producer_name="make_positions")
    onnx.checker.check_model(model)
    onnx.save(model, OUT)
    print(OUT, OUT.stat().st_size)


if __name__ == "__main__":
    main()
