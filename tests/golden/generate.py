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


def index_select(x, index, axis):
    """torch.index_select takes one axis of indices; here they may have any shape, which takes the place of the axis."""
    axis %= x.dim()
    y = torch.index_select(x, axis, index.reshape(-1))
    return y.reshape(x.shape[:axis] + index.shape + x.shape[axis + 1 :])


def attention(q, k, v, causal):
    """F.scaled_dot_product_attention of PyTorch 2, with enable_gqa."""
    if q.dim() > 2:
        k, v = (t.repeat_interleave(q.shape[-3] // t.shape[-3], -3) for t in (k, v))
    scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5
    if causal:
        scores = scores.masked_fill(torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1), float("-inf"))
    return torch.softmax(scores, -1) @ v


def angles(length, width):
    return torch.arange(length).double()[:, None] * 10000 ** (-2 * torch.arange(width // 2).double() / width)


def rotary(x):
    """As in GPT-NeoX and LLaMA: halves, not neighbours."""
    a = angles(*x.shape[-2:])
    cos, sin = torch.cat([a.cos(), a.cos()], -1), torch.cat([a.sin(), a.sin()], -1)
    first, second = x.chunk(2, -1)
    return x * cos + torch.cat([-second, first], -1) * sin


def sinusoidal(x):
    a, p = angles(*x.shape[-2:]), torch.zeros(x.shape[-2:], dtype=torch.float64)
    p[:, 0::2], p[:, 1::2] = a.sin(), a.cos()
    return x + p


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
    "IndexSelect/3": lambda a, x, index: index_select(x, index, a["axis"]),
    "Gather/3": lambda a, x, index: torch.gather(x, a["axis"], index),
    "ScaledDotProductAttention/4": lambda a, q, k, v: attention(q, k, v, a["causal"]),
    "Rotary/1": lambda a, x: rotary(x),
    "AddSinusoidalPositions/1": lambda a, x: sinusoidal(x),
    "MaxPool2d/4": lambda a, x: F.max_pool2d(x, a["kernelSize"], a["stride"], a["padding"]),
    "AvgPool2d/4": lambda a, x: F.avg_pool2d(x, a["kernelSize"], a["stride"], a["padding"]),
    "GlobalAvgPool2d/1": lambda a, x: F.adaptive_avg_pool2d(x, 1).flatten(1),
    "CrossEntropy/2": lambda a, x, label: cross_entropy(x, label),
    "MeanSquaredError/2": lambda a, x, t: F.mse_loss(x, t),
    "BinaryCrossEntropyWithLogits/2": lambda a, x, t: F.binary_cross_entropy_with_logits(x, t),
}

class RMSNorm(torch.nn.Module):
    """torch.nn.RMSNorm of PyTorch 2.4."""

    def __init__(self, features, eps):
        super().__init__()
        self.weight, self.eps = torch.nn.Parameter(torch.ones(features)), eps

    def forward(self, x):
        return x / torch.sqrt(x.square().mean(-1, keepdim=True) + self.eps) * self.weight


class PositionEmbedding(torch.nn.Module):
    def __init__(self, length, width):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(length, width))

    def forward(self, x):
        return x + F.embedding(torch.arange(x.shape[-2]), self.weight)


class Attention(torch.nn.Module):
    """PyTorch's multi_head_attention_forward where it can do it: without groups and without turning queries and keys."""

    def __init__(self, a, query, key=None, value=None):
        super().__init__()
        width, heads = query.shape[-1], a["heads"]
        self.heads, self.groups = heads, heads // (a["KeyValueHeads"] or heads)
        self.causal, self.rotary = a["Causal"], a["Rotary"]
        inner = width // self.groups
        linear = lambda x, out: torch.nn.Linear(x.shape[-1], out, bias=a["Bias"])
        self.q_proj, self.out_proj = linear(query, width), linear(query, width)
        self.k_proj = linear(query if key is None else key, inner)
        self.v_proj = linear(query if value is None else value, inner)

    def forward(self, q, k=None, v=None):
        k, v = q if k is None else k, q if v is None else v
        mask = torch.ones(q.shape[-2], k.shape[-2], dtype=torch.bool).triu(1) if self.causal else None
        if self.groups == 1 and not self.rotary:
            bias = [m.bias for m in (self.q_proj, self.k_proj, self.v_proj)]
            swap = lambda t: t.transpose(0, 1) if t.dim() == 3 else t
            y, _ = F.multi_head_attention_forward(
                swap(q), swap(k), swap(v), q.shape[-1], self.heads, None, None if bias[0] is None else torch.cat(bias), None, None, False, 0.0,
                self.out_proj.weight, self.out_proj.bias, self.training, attn_mask=mask, need_weights=False, use_separate_proj_weight=True,
                q_proj_weight=self.q_proj.weight, k_proj_weight=self.k_proj.weight, v_proj_weight=self.v_proj.weight)
            return swap(y)
        split = lambda t, heads: t.unflatten(-1, (heads, -1)).transpose(-2, -3)
        turn = rotary if self.rotary else lambda t: t
        shared = self.heads // self.groups
        y = attention(turn(split(self.q_proj(q), self.heads)), turn(split(self.k_proj(k), shared)), split(self.v_proj(v), shared), self.causal)
        return self.out_proj(y.transpose(-2, -3).flatten(-2))


def recurrent(module):
    """Sequences first in the batch, and the sequence of hidden states alone, without the last states."""

    class Sequence(module):
        def forward(self, x):
            return super().forward(x)[0]

    return lambda a, x: Sequence(x.shape[-1], a["hidden"], num_layers=a["Layers"], bias=a["Bias"], bidirectional=a["Bidirectional"], batch_first=True)


LAYERS = {
    "Linear": lambda a, x: torch.nn.Linear(x.shape[-1], a["outFeatures"], bias=a["Bias"]),
    "Conv2d": lambda a, x: torch.nn.Conv2d(
        x.shape[1], a["outChannels"], a["kernelSize"], a["stride"], a["padding"], a["dilation"], a["groups"], bias=a["Bias"]),
    "BatchNorm2d": lambda a, x: torch.nn.BatchNorm2d(x.shape[1], eps=a["Epsilon"], momentum=a["Momentum"]),
    "LayerNorm": lambda a, x: torch.nn.LayerNorm(x.shape[-1], eps=a["Epsilon"]),
    "RmsNorm": lambda a, x: RMSNorm(x.shape[-1], a["Epsilon"]),
    "Embedding": lambda a, index: torch.nn.Embedding(a["count"], a["width"]),
    "PositionEmbedding": lambda a, x: PositionEmbedding(a["length"], x.shape[-1]),
    "SelfAttention": lambda a, x: Attention(a, x),
    "MultiheadAttention": lambda a, q, k, v: Attention(a, q, k, v),
    "Lstm": recurrent(torch.nn.LSTM),
    "Gru": recurrent(torch.nn.GRU),
    "Rnn": recurrent(torch.nn.RNN),
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
        module = LAYERS[case["target"]](a, *inputs).double().train(case["training"])
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
