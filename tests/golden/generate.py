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
REDUCTIONS = ["mean", "sum", "none"]


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


def reduced(losses, a):
    return losses.mean() if a["reduction"] == 0 else losses.sum() if a["reduction"] == 1 else losses


def reduction(a):
    return {"reduction": REDUCTIONS[a["reduction"]]}


def class_axis(x):
    # PyTorch wants the classes on axis 1 (axis 0 without a batch).
    return x.movedim(-1, 1) if x.dim() > 1 else x


def ignored(a):
    return {"ignore_index": -100 if a["ignoreIndex"] is None else a["ignoreIndex"]}


def distillation(x, t, a):
    tau = a["temperature"]
    rows = (F.softmax(t / tau, -1) * (F.log_softmax(t / tau, -1) - F.log_softmax(x / tau, -1))).sum(-1)
    return reduced(rows * tau**2, a)


def tversky(x, t, alpha, beta, smoothing, a):
    x, t = x.flatten(1), t.flatten(1)
    both = (x * t).sum(1)
    return reduced(1 - (both + smoothing) / (both + alpha * (x * (1 - t)).sum(1) + beta * ((1 - x) * t).sum(1) + smoothing), a)


def ctc(x, t, lengths, a):
    # PyTorch wants the steps first, and no gradient of a sequence without steps.
    logarithms = F.log_softmax(x, -1).transpose(0, 1)
    symbols = torch.full((len(x),), t.shape[1])
    losses = F.ctc_loss(logarithms, t, lengths.clamp(min=1), symbols, blank=a["blank"], zero_infinity=a["zeroInfinity"], reduction="none")
    losses = torch.where(lengths > 0, losses, torch.zeros_like(losses)) if a["zeroInfinity"] else losses
    return (losses / symbols).mean() if a["reduction"] == 0 else reduced(losses, a)


def axes_or_all(x, a):
    return axes(a) or tuple(range(x.dim()))


def prod(x, a):
    for axis in sorted((axis % x.dim() for axis in axes_or_all(x, a)), reverse=True):
        x = torch.prod(x, axis)
    return x


def squeeze(x, a):
    for axis in axes(a):
        x = torch.squeeze(x, axis)
    return x if a["axes"] else torch.squeeze(x)


def pad(x, a, mode):
    # PyTorch mirrors and repeats images and sequences with batch and channels only.
    p, missing = a["padding"], 2 + len(a["padding"]) // 2 - x.dim()
    for _ in range(missing):
        x = x.unsqueeze(0)
    x = F.pad(x, p, mode=mode)
    return x.reshape(x.shape[max(missing, 0):])


def focal(x, t, a):
    # torchvision.ops.sigmoid_focal_loss.
    p = torch.sigmoid(x)
    ce = F.binary_cross_entropy_with_logits(x, t, reduction="none")
    loss = ce * (1 - (p * t + (1 - p) * (1 - t))) ** a["gamma"]
    return reduced((a["alpha"] * t + (1 - a["alpha"]) * (1 - t)) * loss if a["alpha"] >= 0 else loss, a)


def weighted_nll(x, label, w, smoothing, a):
    # PyTorch takes no gradient of the weights: its value is compared, and differentiated by formula.
    expected = F.cross_entropy(class_axis(x.detach()), label, w.detach(), label_smoothing=smoothing, **ignored(a), **reduction(a)) if a.get("labelSmoothing") is not None \
        else F.nll_loss(class_axis(x.detach()), label, w.detach(), **ignored(a), **reduction(a))
    logs = torch.log_softmax(x, -1) if a.get("labelSmoothing") is not None else x
    counts = (label != ignored(a)["ignore_index"]).double()
    weights = w[label] * counts
    rows = (1 - smoothing) * -logs.gather(-1, label.unsqueeze(-1)).squeeze(-1) * weights - smoothing / x.shape[-1] * (logs * w).sum(-1) * counts
    loss = rows.sum() / weights.sum() if a["reduction"] == 0 else reduced(rows, a)
    assert torch.allclose(loss.detach(), expected, rtol=1e-12), (loss, expected)
    return loss


def cosine_similarity(x, y, a):
    dim = a["axis"] % x.dim()
    return F.cosine_similarity(x, y, dim, a["epsilon"])


def index_select(x, index, axis):
    """torch.index_select takes one axis of indices; here they may have any shape, which takes the place of the axis."""
    axis %= x.dim()
    y = torch.index_select(x, axis, index.reshape(-1))
    return y.reshape(x.shape[:axis] + index.shape + x.shape[axis + 1 :])


def segment_sum(x, segments, count):
    x = x.flatten(0, segments.dim() - 1)
    return x.new_zeros(count, *x.shape[1:]).index_add(0, segments.flatten(), x)


def segment_max(a, x, segments):
    """Segment by segment: torch.amax shares the gradient of equal elements, as here."""
    return torch.stack([x[segments == s].amax(0) for s in range(a["count"])])


def attention(q, k, v, causal, window=None, lengths=None, bias=None):
    """F.scaled_dot_product_attention of PyTorch 2, with enable_gqa; a query that sees no key has the result 0."""
    if q.dim() > 2:
        k, v = (t.repeat_interleave(q.shape[-3] // t.shape[-3], -3) for t in (k, v))
    scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5
    if bias is not None:
        scores = scores + bias
    t, s = torch.arange(scores.shape[-2])[:, None], torch.arange(scores.shape[-1])
    seen = torch.ones(scores.shape[-2:], dtype=torch.bool)
    if causal:
        seen = seen & (s <= t)
    if window:
        seen = seen & ((s - t).abs() < window)
    if lengths is not None:
        seen = seen & (s < lengths.view([-1] + [1] * (scores.dim() - 1)))
    return torch.softmax(scores.masked_fill(~seen, -1e30), -1).masked_fill(~seen, 0) @ v


def masked_attention(q, k, v, mask):
    """The same with attn_mask."""
    if q.dim() > 2:
        k, v = (t.repeat_interleave(q.shape[-3] // t.shape[-3], -3) for t in (k, v))
    return torch.softmax(q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5 + mask, -1) @ v


def recurrence(x, decay, axis):
    """y[i] = decay[i] y[i - 1] + x[i], step by step."""
    states = []
    for a, b in zip(decay.broadcast_to(x.shape).unbind(axis), x.unbind(axis)):
        states.append(b if not states else a * states[-1] + b)
    return torch.stack(states, axis)


def triangular(a, b, upper, transposed):
    """torch.linalg.solve_triangular, for vectors as well."""
    vectors = b.dim() == 1 or b.shape == a.shape[:-1]
    t, right = a.mT if transposed else a, b.unsqueeze(-1) if vectors else b
    x = torch.linalg.solve_triangular(t, right, upper=upper != transposed)
    return x.squeeze(-1) if vectors else x


def cholesky(x):
    """A function of all elements, so that its gradient is that of any difference."""
    return torch.linalg.cholesky((x + x.mT) / 2)


def dim(x, a):
    """The axis of a complex tensor, which has no axis of pairs."""
    return a["axis"] % x.dim()


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
    "Power/2": lambda a, x, y: torch.pow(x, y),
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
    "Sign/1": lambda a, x: torch.sign(x),
    "Tan/1": lambda a, x: torch.tan(x),
    "Sinh/1": lambda a, x: torch.sinh(x),
    "Cosh/1": lambda a, x: torch.cosh(x),
    "Asin/1": lambda a, x: torch.asin(x),
    "Acos/1": lambda a, x: torch.acos(x),
    "Atan/1": lambda a, x: torch.atan(x),
    "Atan2/2": lambda a, x, y: torch.atan2(x, y),
    "Log1p/1": lambda a, x: torch.log1p(x),
    "Log2/1": lambda a, x: torch.log2(x),
    "Log10/1": lambda a, x: torch.log10(x),
    "Expm1/1": lambda a, x: torch.expm1(x),
    "Erf/1": lambda a, x: torch.erf(x),
    "Reciprocal/1": lambda a, x: torch.reciprocal(x),
    "Rsqrt/1": lambda a, x: torch.rsqrt(x),
    "Floor/1": lambda a, x: torch.floor(x),
    "Ceiling/1": lambda a, x: torch.ceil(x),
    "Round/1": lambda a, x: torch.round(x),
    "StopGradient/1": lambda a, x: x.detach(),
    "Remainder/2": lambda a, x, y: torch.remainder(x, y),
    "Clamp/3": lambda a, x: torch.clamp(x, a["min"], a["max"]),
    "Greater/2": lambda a, x, y: torch.gt(x, y),
    "operator >/2": lambda a, x, y: x > y,
    "GreaterOrEqual/2": lambda a, x, y: torch.ge(x, y),
    "operator >=/2": lambda a, x, y: x >= y,
    "Less/2": lambda a, x, y: torch.lt(x, y),
    "operator </2": lambda a, x, y: x < y,
    "LessOrEqual/2": lambda a, x, y: torch.le(x, y),
    "operator <=/2": lambda a, x, y: x <= y,
    "Equal/2": lambda a, x, y: torch.eq(x, y),
    "NotEqual/2": lambda a, x, y: torch.ne(x, y),
    "Where/3": lambda a, c, x, y: torch.where(c != 0, x, y),
    "Squareplus/1": lambda a, x: (x + torch.sqrt(x * x + 4)) / 2,
    "Softsign/1": lambda a, x: F.softsign(x),
    "LeakyRelu/2": lambda a, x: F.leaky_relu(x, a["slope"]),
    "Elu/2": lambda a, x: F.elu(x, a["alpha"]),
    "Selu/1": lambda a, x: F.selu(x),
    # The gradient of F.celu has single precision in it.
    "Celu/2": lambda a, x: torch.where(x > 0, x, a["alpha"] * torch.expm1(x / a["alpha"])),
    "Hardtanh/3": lambda a, x: F.hardtanh(x, a["min"], a["max"]),
    "Relu6/1": lambda a, x: F.relu6(x),
    # F.hardsigmoid's gradient multiplies with a sixth in single precision.
    "Hardsigmoid/1": lambda a, x: F.relu6(x + 3) / 6,
    "Hardswish/1": lambda a, x: F.hardswish(x),
    "Mish/1": lambda a, x: F.mish(x),
    "Glu/2": lambda a, x: F.glu(x, a["axis"]),
    "LogSigmoid/1": lambda a, x: F.logsigmoid(x),
    "Hardshrink/2": lambda a, x: F.hardshrink(x, a["lambda"]),
    "Softshrink/2": lambda a, x: F.softshrink(x, a["lambda"]),
    "Tanhshrink/1": lambda a, x: F.tanhshrink(x),
    "Softmax/2": lambda a, x: torch.softmax(x, a["axis"]),
    "LogSoftmax/2": lambda a, x: torch.log_softmax(x, a["axis"]),
    "MatMul/2": lambda a, x, y: torch.matmul(x, y),
    "Sum/2": lambda a, x: sum_(x, a),
    "Mean/2": lambda a, x: mean(x, a),
    "Max/2": lambda a, x: torch.amax(x, axes(a)),
    "Min/2": lambda a, x: torch.amin(x, axes(a)),
    "Prod/2": lambda a, x: prod(x, a),
    "Var/2": lambda a, x: torch.var(x, axes_or_all(x, a)),
    "Var/3": lambda a, x: torch.var(x, axes_or_all(x, a), unbiased=a["unbiased"]),
    "Std/2": lambda a, x: torch.std(x, axes_or_all(x, a)),
    "Std/3": lambda a, x: torch.std(x, axes_or_all(x, a), unbiased=a["unbiased"]),
    "Norm/3": lambda a, x: torch.linalg.vector_norm(x, a["p"], axes_or_all(x, a)),
    "LogSumExp/2": lambda a, x: torch.logsumexp(x, axes_or_all(x, a)),
    "ArgMax/2": lambda a, x: torch.argmax(x, a["axis"]),
    "ArgMin/2": lambda a, x: torch.argmin(x, a["axis"]),
    "CumSum/2": lambda a, x: torch.cumsum(x, a["axis"]),
    "CumProd/2": lambda a, x: torch.cumprod(x, a["axis"]),
    "LinearRecurrence/3": lambda a, x, decay: recurrence(x, decay, a["axis"]),
    "Cholesky/1": lambda a, x: cholesky(x),
    "SolveTriangular/4": lambda a, x, b: triangular(x, b, a["upper"], a["transposed"]),
    "Solve/2": lambda a, x, b: torch.linalg.solve(x, b),
    "Inverse/1": lambda a, x: torch.linalg.inv(x),
    "Determinant/1": lambda a, x: torch.linalg.det(x),
    "LogDeterminant/1": lambda a, x: torch.linalg.slogdet(x)[1],
    "Fft/2": lambda a, x: torch.view_as_real(torch.fft.fft(torch.view_as_complex(x), dim=dim(x, a))),
    "InverseFft/2": lambda a, x: torch.view_as_real(torch.fft.ifft(torch.view_as_complex(x), dim=dim(x, a))),
    "RealFft/2": lambda a, x: torch.view_as_real(torch.fft.rfft(x, dim=dim(x, a))),
    "InverseRealFft/3": lambda a, x: torch.fft.irfft(torch.view_as_complex(x), a["size"], dim=dim(x, a)),
    "ComplexMultiply/2": lambda a, x, y: torch.view_as_real(torch.view_as_complex(x) * torch.view_as_complex(y)),
    "Squeeze/2": lambda a, x: squeeze(x, a),
    "Unsqueeze/2": lambda a, x: torch.unsqueeze(x, a["axis"]),
    "Stack/2": lambda a, *parts: torch.stack(parts, a["axis"]),
    "Tile/2": lambda a, x: torch.tile(x, a["repeats"]),
    "RepeatInterleave/3": lambda a, x: torch.repeat_interleave(x, a["repeats"], a["axis"]),
    "Flip/2": lambda a, x: torch.flip(x, axes_or_all(x, a)),
    "Roll/3": lambda a, x: torch.roll(x, a["shift"], a["axis"]),
    "Pad/2": lambda a, x: F.pad(x, a["padding"]),
    "Pad/3": lambda a, x: F.pad(x, a["padding"], value=a["value"]),
    "PadReflect/2": lambda a, x: pad(x, a, "reflect"),
    "PadReplicate/2": lambda a, x: pad(x, a, "replicate"),
    "PadCircular/2": lambda a, x: pad(x, a, "circular"),
    "Tril/2": lambda a, x: torch.tril(x, a["diagonal"]),
    "Triu/2": lambda a, x: torch.triu(x, a["diagonal"]),
    "PixelShuffle/2": lambda a, x: F.pixel_shuffle(x, a["factor"]),
    "PixelUnshuffle/2": lambda a, x: F.pixel_unshuffle(x, a["factor"]),
    "UpsampleNearest2d/2": lambda a, x: F.interpolate(x, scale_factor=a["factor"], mode="nearest"),
    "UpsampleBilinear2d/3": lambda a, x: F.interpolate(x, scale_factor=a["factor"], mode="bilinear", align_corners=a["alignCorners"]),
    "ResizeBilinear2d/4": lambda a, x: F.interpolate(x, (a["height"], a["width"]), mode="bilinear", align_corners=a["alignCorners"]),
    "ResizeNearest2d/3": lambda a, x: F.interpolate(x, (a["height"], a["width"]), mode="nearest"),
    "ResizeLinear1d/3": lambda a, x: F.interpolate(x, a["length"], mode="linear", align_corners=a["alignCorners"]),
    "GridSample/4": lambda a, x, grid: F.grid_sample(x, grid, padding_mode="border" if a["border"] else "zeros", align_corners=a["alignCorners"]),
    "AffineGrid/4": lambda a, theta: F.affine_grid(theta, (len(theta), 1, a["height"], a["width"]), a["alignCorners"]),
    "Arange/3": lambda a: torch.arange(a["count"], dtype=torch.float64) * a["step"] + a["start"],
    "OneHot/2": lambda a, label: F.one_hot(label, a["classes"]),
    "BroadcastTo/2": lambda a, x: torch.broadcast_to(x, a["shape"]),
    "Concat/2": lambda a, *parts: torch.cat(parts, a["axis"]),
    "Flatten/2": lambda a, x: torch.flatten(x, a["startAxis"]),
    "Permute/2": lambda a, x: torch.permute(x, axes(a)),
    "Reshape/2": lambda a, x: torch.reshape(x, a["shape"]),
    "Select/3": lambda a, x: torch.select(x, a["axis"], a["index"]),
    "Slice/5": lambda a, x: slice_(x, a),
    "Transpose/3": lambda a, x: torch.transpose(x, a["axis0"], a["axis1"]),
    "IndexSelect/3": lambda a, x, index: index_select(x, index, a["axis"]),
    "ToTensor/1": lambda a, x: x.to(torch.float64),
    "ArgSort/3": lambda a, x: torch.sort(x, dim=a["axis"], descending=a["descending"], stable=True)[1],
    "Sort/3": lambda a, x: tuple(torch.sort(x, dim=a["axis"], descending=a["descending"], stable=True)),
    "TopK/4": lambda a, x: tuple(torch.topk(x, a["k"], a["axis"], a["largest"])),
    "Scatter/4": lambda a, x, index, source: torch.scatter(x, a["axis"], index, source),
    "SegmentSum/3": lambda a, x, segments: segment_sum(x, segments, a["count"]),
    "SegmentMean/3": lambda a, x, segments: segment_sum(x, segments, a["count"]) / segment_sum(
        torch.ones_like(x), segments, a["count"]).clamp(min=1),
    "SegmentMax/3": segment_max,
    "ScatterAdd/4": lambda a, x, index, source: torch.scatter_add(x, a["axis"], index, source),
    "Einsum/2": lambda a, *x: torch.einsum(a["equation"], *x),
    "Conv2d/6": lambda a, x, w: F.conv2d(x, w, None, a["stride"], a["padding"], a["dilation"], a["groups"]),
    "Unfold2d/5": lambda a, x: F.unfold(x, a["kernelSize"], a["dilation"], a["padding"], a["stride"]),
    "Fold2d/7": lambda a, x: F.fold(x, (a["height"], a["width"]), a["kernelSize"], a["dilation"], a["padding"], a["stride"]),
    "MaskedFill/3": lambda a, x, mask: torch.masked_fill(x, mask != 0, a["value"]),
    "Lerp/3": lambda a, x, y, weight: torch.lerp(x.expand(torch.broadcast_shapes(x.shape, y.shape, weight.shape)), y.expand(torch.broadcast_shapes(x.shape, y.shape, weight.shape)), weight),
    "Any/2": lambda a, x: (x != 0).sum(axes(a)) > 0 if a["axes"] else torch.any(x != 0),
    "All/2": lambda a, x: (x == 0).sum(axes(a)) == 0 if a["axes"] else torch.all(x != 0),
    "Diagonal/2": lambda a, x: torch.diagonal(x, a["offset"], -2, -1),
    "DiagonalMatrix/2": lambda a, x: torch.diag_embed(x, a["offset"]),
    "ToInt/1": lambda a, x: x.to(torch.int64),
    "Gather/3": lambda a, x, index: torch.gather(x, a["axis"], index),
    "ScaledDotProductAttention/4": lambda a, q, k, v, mask: masked_attention(q, k, v, mask),
    "ScaledDotProductAttention/5": lambda a, q, k, v: attention(q, k, v, a["causal"], a["window"]),
    "ScaledDotProductAttention/6": lambda a, q, k, v, lengths: attention(q, k, v, a["causal"], a["window"], lengths),
    "Rotary/1": lambda a, x: rotary(x),
    "AddSinusoidalPositions/1": lambda a, x: sinusoidal(x),
    "MaxPool2d/4": lambda a, x: F.max_pool2d(x, a["kernelSize"], a["stride"], a["padding"]),
    "AvgPool2d/4": lambda a, x: F.avg_pool2d(x, a["kernelSize"], a["stride"], a["padding"]),
    "MaxPool1d/4": lambda a, x: F.max_pool1d(x, a["kernelSize"], a["stride"], a["padding"]),
    "AvgPool1d/4": lambda a, x: F.avg_pool1d(x, a["kernelSize"], a["stride"], a["padding"]),
    "MaxPool3d/4": lambda a, x: F.max_pool3d(x, a["kernelSize"], a["stride"], a["padding"]),
    "AvgPool3d/4": lambda a, x: F.avg_pool3d(x, a["kernelSize"], a["stride"], a["padding"]),
    "AdaptiveAvgPool2d/3": lambda a, x: F.adaptive_avg_pool2d(x, (a["height"], a["width"])),
    "GlobalAvgPool2d/1": lambda a, x: F.adaptive_avg_pool2d(x, 1).flatten(1),
    "GlobalMaxPool2d/1": lambda a, x: F.adaptive_max_pool2d(x, 1).flatten(1),
    "CrossEntropy/2": lambda a, x, label: F.cross_entropy(class_axis(x), label),
    "CrossEntropy/4": lambda a, x, t: F.cross_entropy(class_axis(x), class_axis(t), label_smoothing=a["labelSmoothing"], **reduction(a)),
    "CrossEntropy/5": lambda a, x, label: F.cross_entropy(class_axis(x), label, label_smoothing=a["labelSmoothing"], **ignored(a), **reduction(a)),
    "CrossEntropy/6": lambda a, x, label, w: weighted_nll(x, label, w, a["labelSmoothing"], a),
    "Nll/4": lambda a, x, label: F.nll_loss(class_axis(x), label, **ignored(a), **reduction(a)),
    "Nll/5": lambda a, x, label, w: weighted_nll(x, label, w, 0, a),
    "MeanSquaredError/3": lambda a, x, t: F.mse_loss(x, t, **reduction(a)),
    "MeanAbsoluteError/3": lambda a, x, t: F.l1_loss(x, t, **reduction(a)),
    "Huber/4": lambda a, x, t: F.huber_loss(x, t, delta=a["delta"], **reduction(a)),
    "SmoothL1/4": lambda a, x, t: F.smooth_l1_loss(x, t, beta=a["beta"], **reduction(a)),
    # PyTorch takes no gradient of the target.
    "BinaryCrossEntropy/3": lambda a, x, t: reduced(-(t * torch.log(x) + (1 - t) * torch.log(1 - x)), a),
    "BinaryCrossEntropyWithLogits/3": lambda a, x, t: F.binary_cross_entropy_with_logits(x, t, **reduction(a)),
    # PyTorch takes no gradient of the weight, and none of the target below.
    "BinaryCrossEntropyWithLogits/4": lambda a, x, t, w: reduced((1 - t) * x + (1 + (w - 1) * t) * F.softplus(-x, threshold=500), a),
    "FocalLoss/5": lambda a, x, t: focal(x, t, a),
    "KlDivergence/4": lambda a, x, t: F.kl_div(x, t, log_target=a["logTarget"], **reduction(a)),
    # The temperature scales the logits of both; the factor its square.
    "Distillation/4": lambda a, x, t: distillation(x, t, a),
    "Tversky/6": lambda a, x, t: tversky(x, t, a["alpha"], a["beta"], a["smoothing"], a),
    "Dice/4": lambda a, x, t: tversky(x, t, 0.5, 0.5, a["smoothing"] / 2, a),
    "InfoNce/4": lambda a, x, k: F.cross_entropy(F.normalize(x) @ F.normalize(k).t() / a["temperature"], torch.arange(len(x)), **reduction(a)),
    "Ctc/5": lambda a, x, t: ctc(x, t, torch.full((len(x),), x.shape[1]), a),
    "Ctc/6": lambda a, x, t, lengths: ctc(x, t, lengths, a),
    "Hinge/4": lambda a, x, t: reduced(torch.relu(a["margin"] - t * x), a),
    # PyTorch's loss of a target that is neither 1 nor -1 is the sum of both branches.
    "HingeEmbedding/4": lambda a, x, t: reduced(torch.where(t > 0, x, torch.relu(a["margin"] - x)), a),
    "SoftMargin/3": lambda a, x, t: reduced(torch.log1p(torch.exp(-t * x)), a),
    "MarginRanking/5": lambda a, x, y, t: F.margin_ranking_loss(x, y, t, a["margin"], **reduction(a)),
    "TripletMargin/6": lambda a, x, p, n: F.triplet_margin_loss(x, p, n, a["margin"], a["p"], **reduction(a)),
    "CosineSimilarity/4": lambda a, x, y: cosine_similarity(x, y, a),
    "CosineEmbedding/5": lambda a, x, y, t: F.cosine_embedding_loss(x, y, torch.where(t > 0, 1.0, -1.0), a["margin"], **reduction(a)),
    "PoissonNll/6": lambda a, x, t: F.poisson_nll_loss(x, t, a["logInput"], a["full"], eps=a["epsilon"], **reduction(a)),
    "GaussianNll/6": lambda a, x, t, v: F.gaussian_nll_loss(x, t, v, a["full"], a["epsilon"], **reduction(a)),
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
        self.causal, self.rotary, self.window = a["Causal"], a["Rotary"], a["Window"]
        inner = width // self.groups
        linear = lambda x, out: torch.nn.Linear(x.shape[-1], out, bias=a["Bias"])
        self.q_proj, self.out_proj = linear(query, width), linear(query, width)
        self.k_proj = linear(query if key is None else key, inner)
        self.v_proj = linear(query if value is None else value, inner)

    def forward(self, q, *more):
        k, v = [t for t in more[:2] if t.dtype != torch.int64] or (q, q)
        lengths = next((t for t in more if t.dtype == torch.int64), None)
        bias = more[3] if len(more) > 3 else None
        mask = torch.ones(q.shape[-2], k.shape[-2], dtype=torch.bool).triu(1) if self.causal else None
        hidden = None if lengths is None else torch.arange(k.shape[-2]) >= lengths[:, None]
        if self.groups == 1 and not self.rotary and not self.window and bias is None:
            bias = [m.bias for m in (self.q_proj, self.k_proj, self.v_proj)]
            swap = lambda t: t.transpose(0, 1) if t.dim() == 3 else t
            y, _ = F.multi_head_attention_forward(
                swap(q), swap(k), swap(v), q.shape[-1], self.heads, None, None if bias[0] is None else torch.cat(bias), None, None, False, 0.0,
                self.out_proj.weight, self.out_proj.bias, self.training, attn_mask=mask, key_padding_mask=hidden, need_weights=False, use_separate_proj_weight=True,
                q_proj_weight=self.q_proj.weight, k_proj_weight=self.k_proj.weight, v_proj_weight=self.v_proj.weight)
            return swap(y)
        split = lambda t, heads: t.unflatten(-1, (heads, -1)).transpose(-2, -3)
        turn = rotary if self.rotary else lambda t: t
        shared = self.heads // self.groups
        y = attention(turn(split(self.q_proj(q), self.heads)), turn(split(self.k_proj(k), shared)), split(self.v_proj(v), shared), self.causal, self.window, lengths, bias)
        return self.out_proj(y.transpose(-2, -3).flatten(-2))


class Transformer(torch.nn.Module):
    """The arithmetic of torch.nn.TransformerEncoderLayer and TransformerDecoderLayer over the attention above, whose projections have names of their own."""

    def __init__(self, a, x, memory=None):
        super().__init__()
        self.norm_first, self.activation = a["NormFirst"], F.gelu if a["Gelu"] else F.relu
        plain = {"heads": a["heads"], "KeyValueHeads": None, "Causal": a.get("Causal", memory is not None), "Rotary": False, "Window": None, "Bias": True}
        self.self_attn = Attention(plain, x)
        if memory is not None:
            self.multihead_attn = Attention(dict(plain, Causal=False), x, memory, memory)
        width = x.shape[-1]
        self.linear1, self.linear2 = torch.nn.Linear(width, a["feedForward"]), torch.nn.Linear(a["feedForward"], width)
        for n in (1, 2) if memory is None else (1, 2, 3):
            self.add_module(f"norm{n}", torch.nn.LayerNorm(width, eps=a["Epsilon"]))

    def forward(self, x, *more):
        memory = next((t for t in more if t.dtype != torch.int64), None)
        lengths = [(t,) for t in more if t.dtype == torch.int64] or [(), ()]
        parts = [lambda y: self.self_attn(y, *lengths[0]), lambda y: self.linear2(self.activation(self.linear1(y)))]
        if memory is not None:
            parts.insert(1, lambda y: self.multihead_attn(y, memory, memory, *lengths[1]))
        for n, part in enumerate(parts, 1):
            norm = getattr(self, f"norm{n}")
            x = x + part(norm(x)) if self.norm_first else norm(x + part(x))
        return x


class LinearAttention(Attention):
    """Position by position, with sums that grow: "Transformers are RNNs"."""

    def __init__(self, a, x):
        super().__init__(dict(a, KeyValueHeads=None, Rotary=False, Window=None), x)
        self.epsilon = a["Epsilon"]

    def forward(self, x, lengths=None):
        split = lambda t: t.unflatten(-1, (self.heads, -1)).transpose(-2, -3)
        q, k, v = F.elu(split(self.q_proj(x))) + 1, F.elu(split(self.k_proj(x))) + 1, split(self.v_proj(x))
        if lengths is not None:
            k = k * (torch.arange(x.shape[-2]) < lengths[:, None])[:, None, :, None]
        outer = k.unsqueeze(-1) * v.unsqueeze(-2)
        weighted, total = (outer.cumsum(-3), k.cumsum(-2)) if self.causal else (outer.sum(-3, keepdim=True), k.sum(-2, keepdim=True))
        y = (q.unsqueeze(-2) @ weighted).squeeze(-2) / ((q * total).sum(-1, keepdim=True) + self.epsilon)
        return self.out_proj(y.transpose(-2, -3).flatten(-2))


class SeparableConv2d(torch.nn.Sequential):
    def __init__(self, a, x):
        super().__init__()
        channels = x.shape[1] * a["Multiplier"]
        self.add_module("depthwise", torch.nn.Conv2d(x.shape[1], channels, a["kernelSize"], a["stride"], a["padding"], a["dilation"], groups=x.shape[1], bias=False))
        self.add_module("pointwise", torch.nn.Conv2d(channels, a["outChannels"], 1, bias=a["Bias"]))


class ConvLstmCell(torch.nn.Module):
    """torch.nn.LSTMCell with convolutions for products; the two states one behind another."""

    def __init__(self, a, x, h, c):
        super().__init__()
        self.input = torch.nn.Conv2d(x.shape[1], 4 * a["hidden"], a["kernelSize"], padding="same", bias=a["Bias"])
        self.hidden = torch.nn.Conv2d(a["hidden"], 4 * a["hidden"], a["kernelSize"], padding="same", bias=False)

    def forward(self, x, h, c):
        i, f, g, o = (self.input(x) + self.hidden(h)).chunk(4, 1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        return torch.cat([(o.sigmoid() * c.tanh()).reshape(-1), c.reshape(-1)])


class EmbeddingBag(torch.nn.EmbeddingBag):
    """Bags that end early are given one behind another, with offsets. PyTorch's largest elements have no gradient in double precision: they are compared, and taken anew."""

    def __init__(self, a, index):
        super().__init__(a["count"], a["width"], mode=["mean", "sum", "max"][a["mode"]], padding_idx=a["PaddingIndex"])

    def forward(self, index, lengths=None):
        kept = torch.ones_like(index, dtype=torch.bool) if lengths is None else torch.arange(index.shape[1]) < lengths[:, None]
        counts = kept.sum(1)
        y = super().forward(index[kept], torch.cumsum(counts, 0) - counts)
        if self.mode == "max":
            seen = kept if self.padding_idx is None else kept & (index != self.padding_idx)
            own = self.weight[index].masked_fill(~seen[..., None], -torch.inf).amax(1)
            own = torch.where(torch.isinf(own), torch.zeros_like(own), own)
            assert torch.equal(own, y)
            return own
        return y


class SwiGlu(torch.nn.Module):
    def __init__(self, a, x):
        super().__init__()
        width, hidden = x.shape[-1], a["hidden"]
        self.w1, self.w3 = (torch.nn.Linear(width, hidden, bias=a["Bias"]) for _ in range(2))
        self.w2 = torch.nn.Linear(hidden, width, bias=a["Bias"])

    def forward(self, x):
        return self.w2(F.silu(self.w1(x)) * self.w3(x))


class MixtureOfExperts(torch.nn.Module):
    """Expert by expert, for the positions that chose it."""

    def __init__(self, a, x):
        super().__init__()
        width, inner = x.shape[-1], a["experts"] * a["hidden"]
        self.active, self.hidden = a["Active"], a["hidden"]
        self.gate = torch.nn.Linear(width, a["experts"], bias=False)
        self.up, self.down = torch.nn.Linear(width, inner, bias=False), torch.nn.Linear(inner, width, bias=False)

    def forward(self, x):
        scores, chosen = self.gate(x).topk(self.active, -1)
        gates = torch.zeros_like(self.gate(x)).scatter(-1, chosen, torch.softmax(scores, -1))
        parts = [slice(e * self.hidden, (e + 1) * self.hidden) for e in range(gates.shape[-1])]
        return sum(gates[..., e, None] * (F.gelu(x @ self.up.weight[p].T) @ self.down.weight[:, p].T) for e, p in enumerate(parts))


def recurrent(module):
    """Sequences first in the batch: the sequence of hidden states alone, or with the last states behind it. Sequences that end early are packed."""

    class Sequence(module):
        def __init__(self, method, *sizes, **options):
            super().__init__(*sizes, **options)
            self.with_state = method == "ForwardWithState"

        def forward(self, x, *more):
            lengths = next((t for t in more if t.dtype == torch.int64), None)
            states = [t for t in more if t.dtype != torch.int64]
            first = None if not states else tuple(states) if module is torch.nn.LSTM else states[0]
            if lengths is not None:
                x = torch.nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
            y, last = super().forward(x, first)
            if lengths is not None:
                y = torch.nn.utils.rnn.pad_packed_sequence(y, batch_first=True, total_length=STEPS[0])[0]
            if not self.with_state:
                return y
            return torch.cat([t.reshape(-1) for t in (y, *(last if isinstance(last, tuple) else (last,)))])

    def make(a, x, *more):
        STEPS[0] = x.shape[-2]
        return Sequence(a["method"], x.shape[-1], a["hidden"], num_layers=a["Layers"], bias=a["Bias"], bidirectional=a["Bidirectional"], batch_first=True)

    return make


STEPS = [0]   # of the sequences before they were packed


def cell(module):
    """One step; the two states of an LSTM one behind another."""

    class Step(module):
        def forward(self, x, *states):
            y = super().forward(x, states if len(states) > 1 else states[0])
            return torch.cat([t.reshape(-1) for t in y]) if isinstance(y, tuple) else y

    return lambda a, x, *states: Step(x.shape[-1], a["hidden"], bias=a["Bias"])


def normed(module, a):
    """The weight norms of torch.nn.utils. The spectral one makes its step of power iteration in inference as well, so it is always in training."""
    if a.get("WeightNorm"):
        return torch.nn.utils.weight_norm(module)
    if a.get("SpectralNorm"):
        module = torch.nn.utils.spectral_norm(module)
        train = module.train
        module.train = lambda mode=True: train(True)
    return module


class LoraLinear(torch.nn.Module):
    def __init__(self, a, x):
        super().__init__()
        self.base_layer = torch.nn.Linear(x.shape[-1], a["outFeatures"], bias=a["Bias"])
        self.lora_A, self.lora_B = torch.nn.Linear(x.shape[-1], a["rank"], bias=False), torch.nn.Linear(a["rank"], a["outFeatures"], bias=False)
        self.scale = a["alpha"] / a["rank"]

    def forward(self, x):
        return self.base_layer(x) + self.scale * self.lora_B(self.lora_A(x))


class Scale(torch.nn.Module):
    """A trained factor: PyTorch has none."""
    def __init__(self, features, start):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.full((features,), float(start)))

    def forward(self, x):
        return x * self.weight


LAYERS = {
    "Linear": lambda a, x: normed(torch.nn.Linear(x.shape[-1], a["outFeatures"], bias=a["Bias"]), a),
    "LoraLinear": LoraLinear,
    "Conv2d": lambda a, x: normed(torch.nn.Conv2d(
        x.shape[1], a["outChannels"], a["kernelSize"], a["stride"], a["padding"], a["dilation"], a["groups"], bias=a["Bias"]), a),
    "Bilinear": lambda a, x1, x2: torch.nn.Bilinear(x1.shape[-1], x2.shape[-1], a["outFeatures"], bias=a["Bias"]),
    "Conv1d": lambda a, x: normed(torch.nn.Conv1d(
        x.shape[1], a["outChannels"], a["kernelSize"], a["stride"], a["padding"], a["dilation"], a["groups"], bias=a["Bias"]), a),
    "SeparableConv2d": SeparableConv2d,
    "Conv3d": lambda a, x: normed(torch.nn.Conv3d(
        x.shape[1], a["outChannels"], a["kernelSize"], a["stride"], a["padding"], a["dilation"], a["groups"], bias=a["Bias"]), a),
    "ConvLstmCell": ConvLstmCell,
    "EmbeddingBag": lambda a, index, *lengths: EmbeddingBag(a, index),
    "ConvTranspose2d": lambda a, x: normed(torch.nn.ConvTranspose2d(
        x.shape[1], a["outChannels"], a["kernelSize"], a["stride"], a["padding"], a["outputPadding"], a["groups"], a["Bias"], a["dilation"]), a),
    "BatchNorm1d": lambda a, x: torch.nn.BatchNorm1d(x.shape[1], eps=a["Epsilon"], momentum=a["Momentum"]),
    "GroupNorm": lambda a, x: torch.nn.GroupNorm(a["groups"], x.shape[1], eps=a["Epsilon"], affine=a["Affine"]),
    "InstanceNorm1d": lambda a, x: torch.nn.InstanceNorm1d(x.shape[1], eps=a["Epsilon"], affine=a["Affine"]),
    "BatchNorm3d": lambda a, x: torch.nn.BatchNorm3d(x.shape[1], eps=a["Epsilon"], momentum=a["Momentum"]),
    "AlphaDropout": lambda a, x: torch.nn.AlphaDropout(a["probability"]),
    "InstanceNorm2d": lambda a, x: torch.nn.InstanceNorm2d(x.shape[1], eps=a["Epsilon"], affine=a["Affine"]),
    "Dropout2d": lambda a, x: torch.nn.Dropout2d(a["probability"]),
    "Scale": lambda a, x: Scale(a["features"], a["start"]),
    "PRelu": lambda a, x: torch.nn.PReLU(a["slopes"], a["slope"]),
    "Identity": lambda a, x: torch.nn.Identity(),
    "BatchNorm2d": lambda a, x: torch.nn.BatchNorm2d(x.shape[1], eps=a["Epsilon"], momentum=a["Momentum"]),
    "LayerNorm": lambda a, x: torch.nn.LayerNorm(x.shape[-1], eps=a["Epsilon"]),
    "RmsNorm": lambda a, x: RMSNorm(x.shape[-1], a["Epsilon"]),
    "Embedding": lambda a, index: torch.nn.Embedding(a["count"], a["width"]),
    "PositionEmbedding": lambda a, x: PositionEmbedding(a["length"], x.shape[-1]),
    "SelfAttention": lambda a, x, *lengths: Attention(a, x),
    "MultiheadAttention": lambda a, q, k, v, *more: Attention(a, q, k, v),
    "LinearAttention": lambda a, x, *lengths: LinearAttention(a, x),
    "TransformerEncoderLayer": lambda a, x, *lengths: Transformer(a, x),
    "TransformerDecoderLayer": lambda a, x, memory, *lengths: Transformer(a, x, memory),
    "SwiGlu": lambda a, x: SwiGlu(a, x),
    "MixtureOfExperts": lambda a, x: MixtureOfExperts(a, x),
    "Lstm": recurrent(torch.nn.LSTM),
    "Gru": recurrent(torch.nn.GRU),
    "Rnn": recurrent(torch.nn.RNN),
    "LstmCell": cell(torch.nn.LSTMCell),
    "GruCell": cell(torch.nn.GRUCell),
    "RnnCell": cell(torch.nn.RNNCell),
    "Dropout": lambda a, x: torch.nn.Dropout(a["probability"]),
}


def flat(tensor):
    return [float(f"{v:.12g}") for v in tensor.detach().reshape(-1).tolist()]


def tensor(leaf):
    kind = torch.int64 if leaf["role"] == "labels" else torch.float64
    return torch.tensor(leaf["values"], dtype=torch.float64).to(kind).reshape(leaf["shape"])


def number(value):
    return float(value) if value in ("Infinity", "-Infinity") else value


def run(case):
    """The golden entry of a case, or None where PyTorch draws other random numbers."""
    a, leaves = {name: number(value) if isinstance(value, str) else value for name, value in case["arguments"].items()}, {leaf["name"]: tensor(leaf) for leaf in case["leaves"]}
    role = {leaf["name"]: leaf["role"] for leaf in case["leaves"]}
    inputs = [leaves[n] for n in leaves if role[n] in ("input", "labels")]
    wanted = {n: t for n, t in leaves.items() if role[n] == "input"}
    entry = {}
    if case["layer"]:
        if case["target"] in ("Dropout", "Dropout2d", "AlphaDropout") and case["training"] and a["probability"] > 0:
            return None
        a["method"] = case.get("method")
        module = LAYERS[case["target"]](a, *inputs).double().train(case["training"])
        given = {n: t for n, t in leaves.items() if role[n] in ("parameter", "state")}
        missing = module.load_state_dict(given, strict=False)
        assert not missing.unexpected_keys and set(missing.missing_keys) <= {"num_batches_tracked"}, (case["name"], missing)
        wanted.update(module.named_parameters())
        function = lambda: module(*inputs)
    else:
        if case["target"].startswith(("Random", "Bernoulli", "Shuffle")):
            return None
        function = lambda: METHODS[case["target"]](a, *inputs)
    for t in wanted.values():
        t.requires_grad_(True)
    y = function()
    if isinstance(y, tuple):   # several results, one behind another
        y = torch.cat([t.reshape(-1).to(torch.float64) for t in y])
    assert list(y.shape) == case["shape"], (case["name"], y.shape, case["shape"])
    weights = torch.tensor(case["weights"], dtype=torch.float64).reshape(case["shape"])
    y = y.to(torch.float64)   # comparisons and indices
    # Nothing flows through what is piecewise constant.
    if y.requires_grad:
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
