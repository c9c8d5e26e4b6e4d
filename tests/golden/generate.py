#!/usr/bin/env python3
"""Writes ops.json: what PyTorch computes, in float64, for every sample of ModelGen's tensor methods and layers.

    dotnet run --project tools/GoldenCases > cases.json
    python3 tests/golden/generate.py cases.json tests/golden/ops.json

Run by hand when a sample changes; needs PyTorch (1.13 or later). For each case: the result, the gradients of sum(result * weights) with respect
to every floating-point input and parameter, and the running statistics after a training step. Numbers have 12 significant digits.
"""
import json
import sys

import torch
import torch.nn.functional as F

INT_MAX = 2**31 - 1


def axes(a):
    return tuple(a["axes"])


def sum_(x, a):
    return torch.sum(x, axes(a)) if a["axes"] else torch.sum(x)


def mean(x, a):
    return torch.mean(x, axes(a)) if a["axes"] else torch.mean(x)


def slice_(x, a):
    stop = None if a["stop"] == INT_MAX else a["stop"]
    index = [slice(None)] * x.dim()
    index[a["axis"]] = slice(a["start"], stop, a["step"])
    return x[tuple(index)]


def cross_entropy(x, label):
    # PyTorch wants the classes on axis 1 (axis 0 without a batch).
    return F.cross_entropy(x.movedim(-1, 1) if x.dim() > 1 else x, label)


METHODS = {
    "operator +/2": lambda a, x, y: x + y,
    "operator -/2": lambda a, x, y: x - y,
    "operator */2": lambda a, x, y: x * y,
    "operator //2": lambda a, x, y: x / y,
    "operator -/1": lambda a, x: -x,
    "Maximum/2": lambda a, x, y: torch.maximum(x, y),
    "Minimum/2": lambda a, x, y: torch.minimum(x, y),
    "Pow/2": lambda a, x: torch.pow(x, a["exponent"]),
    "Abs/1": lambda a, x: torch.abs(x),
    "Square/1": lambda a, x: torch.square(x),
    "Sqrt/1": lambda a, x: torch.sqrt(x),
    "Exp/1": lambda a, x: torch.exp(x),
    "Log/1": lambda a, x: torch.log(x),
    "Sin/1": lambda a, x: torch.sin(x),
    "Cos/1": lambda a, x: torch.cos(x),
    "Relu/1": lambda a, x: torch.relu(x),
    "Sigmoid/1": lambda a, x: torch.sigmoid(x),
    "Tanh/1": lambda a, x: torch.tanh(x),
    "Gelu/1": lambda a, x: F.gelu(x),
    "GeluTanh/1": lambda a, x: F.gelu(x, approximate="tanh"),
    "Silu/1": lambda a, x: F.silu(x),
    # Beyond its threshold PyTorch returns x itself; raised here, so that both are exact.
    "Softplus/1": lambda a, x: F.softplus(x, threshold=500),
    "Softmax/2": lambda a, x: torch.softmax(x, a["axis"]),
    "LogSoftmax/2": lambda a, x: torch.log_softmax(x, a["axis"]),
    "MatMul/2": lambda a, x, y: torch.matmul(x, y),
    "Sum/2": lambda a, x: sum_(x, a),
    "Mean/2": lambda a, x: mean(x, a),
    "Max/2": lambda a, x: torch.amax(x, axes(a)),
    "Min/2": lambda a, x: torch.amin(x, axes(a)),
    "BroadcastTo/2": lambda a, x: torch.broadcast_to(x, a["shape"]),
    "Concat/2": lambda a, *parts: torch.cat(parts, a["axis"]),
    "Flatten/2": lambda a, x: torch.flatten(x, a["startAxis"]),
    "Permute/2": lambda a, x: torch.permute(x, axes(a)),
    "Reshape/2": lambda a, x: torch.reshape(x, a["shape"]),
    "Select/3": lambda a, x: torch.select(x, a["axis"], a["index"]),
    "Slice/5": lambda a, x: slice_(x, a),
    "Transpose/3": lambda a, x: torch.transpose(x, a["axis0"], a["axis1"]),
    "MaxPool2d/4": lambda a, x: F.max_pool2d(x, a["kernelSize"], a["stride"], a["padding"]),
    "AvgPool2d/4": lambda a, x: F.avg_pool2d(x, a["kernelSize"], a["stride"], a["padding"]),
    "GlobalAvgPool2d/1": lambda a, x: F.adaptive_avg_pool2d(x, 1).flatten(1),
    "CrossEntropy/2": lambda a, x, label: cross_entropy(x, label),
    "MeanSquaredError/2": lambda a, x, t: F.mse_loss(x, t),
    "BinaryCrossEntropyWithLogits/2": lambda a, x, t: F.binary_cross_entropy_with_logits(x, t),
}

LAYERS = {
    "Linear": lambda a, x: torch.nn.Linear(x.shape[-1], a["outFeatures"], bias=a["Bias"]),
    "Conv2d": lambda a, x: torch.nn.Conv2d(
        x.shape[1], a["outChannels"], a["kernelSize"], a["stride"], a["padding"], a["dilation"], a["groups"], bias=a["Bias"]),
    "BatchNorm2d": lambda a, x: torch.nn.BatchNorm2d(x.shape[1], eps=a["Epsilon"], momentum=a["Momentum"]),
    "LayerNorm": lambda a, x: torch.nn.LayerNorm(x.shape[-1], eps=a["Epsilon"]),
    "Dropout": lambda a, x: torch.nn.Dropout(a["probability"]),
}


def flat(tensor):
    return [float(f"{v:.12g}") for v in tensor.detach().reshape(-1).tolist()]


def tensor(leaf):
    kind = torch.int64 if leaf["role"] == "labels" else torch.float64
    return torch.tensor(leaf["values"], dtype=torch.float64).to(kind).reshape(leaf["shape"])


def run(case):
    """The golden entry of a case, or None where PyTorch draws other random numbers."""
    a, leaves = case["arguments"], {leaf["name"]: tensor(leaf) for leaf in case["leaves"]}
    role = {leaf["name"]: leaf["role"] for leaf in case["leaves"]}
    inputs = [leaves[n] for n in leaves if role[n] in ("input", "labels")]
    wanted = {n: t for n, t in leaves.items() if role[n] == "input"}
    entry = {}
    if case["layer"]:
        if case["target"] == "Dropout" and case["training"] and a["probability"] > 0:
            return None
        module = LAYERS[case["target"]](a, inputs[0]).double().train(case["training"])
        given = {n: t for n, t in leaves.items() if role[n] in ("parameter", "state")}
        missing = module.load_state_dict(given, strict=False)
        assert not missing.unexpected_keys and set(missing.missing_keys) <= {"num_batches_tracked"}, (case["name"], missing)
        wanted.update(module.named_parameters())
        function = lambda: module(*inputs)
    else:
        function = lambda: METHODS[case["target"]](a, *inputs)
    for t in wanted.values():
        t.requires_grad_(True)
    y = function()
    assert list(y.shape) == case["shape"], (case["name"], y.shape, case["shape"])
    weights = torch.tensor(case["weights"], dtype=torch.float64).reshape(case["shape"])
    (y * weights).sum().backward()
    entry["y"] = flat(y)
    entry["gradients"] = {n: flat(t.grad if t.grad is not None else torch.zeros_like(t)) for n, t in wanted.items()}
    if case["training"]:
        entry["updates"] = {n: flat(t) for n, t in module.named_buffers() if n in leaves}
    return entry


def main(source, target):
    with open(source, encoding="utf-8-sig") as file:
        cases = json.load(file)
    entries = {case["name"]: run(case) for case in cases}
    lines = [f"{json.dumps(name)}: {json.dumps(entry, separators=(',', ':'))}" for name, entry in entries.items() if entry is not None]
    with open(target, "w", encoding="utf-8", newline="\n") as file:
        file.write("{\n" + ",\n".join(lines) + "\n}\n")
    print(f"{len(lines)} of {len(cases)} cases written with PyTorch {torch.__version__}")


if __name__ == "__main__":
    main(*sys.argv[1:])
