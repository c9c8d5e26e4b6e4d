#!/usr/bin/env python3
"""Writes opinfo.json: PyTorch's own sample inputs (OpInfo), and what PyTorch computes of them in float64, for every op that ModelGen has; and docs/pytorch.md:
which of them are no calls of ModelGen, and why.

    python3 tests/golden/opinfo.py tests/golden/opinfo.json docs/pytorch.md

Run by hand; needs PyTorch 1.13 (Debian's python3-torch), whose lists of samples these are. TRANSLATIONS says how a call of PyTorch is written with ModelGen's
methods; what cannot be written raises Skip with the reason. Inputs are rounded to three digits, which keeps the
file small. For each call: inputs, result and the gradients of sum(result * weights), where the weights are those of `weights` below.

OpInfo's wrong calls (error_inputs) are in the file too, without numbers: ModelGen must refuse each.
"""
import json
import random
import sys
import types
import unittest
from collections import Counter

# PyTorch's tests import a package that Debian does not have; nothing of it is used here.
expecttest = types.ModuleType("expecttest")
expecttest.TestCase, expecttest.ACCEPT = unittest.TestCase, False
sys.modules.setdefault("expecttest", expecttest)

import numpy
import torch
from torch.testing._internal.common_methods_invocations import op_db
from torch.testing._internal.common_modules import module_db
from torch.utils._pytree import tree_map

MOST_ELEMENTS = 400
REDUCTIONS = ["mean", "sum", "none"]


class Skip(Exception):
    """Why a call of PyTorch is no call of ModelGen."""


def call(method, *tensors, **arguments):
    return method, list(tensors), {name: value for name, value in arguments.items() if value is not None}


def listed(value):
    return [] if value is None else list(value) if isinstance(value, (tuple, list, torch.Size)) else [value]


def only(kwargs, *names):
    """Refuses arguments that the translation does not know."""
    for name, value in kwargs.items():
        if name not in names and value is not None:
            raise Skip(f"no argument '{name}'")


def number(value, what):
    if isinstance(value, torch.Tensor):
        raise Skip(f"a tensor as the {what}")
    return value


def unary(method, *names, **renamed):
    def translate(x, *args, **kwargs):
        given = dict(zip(names, args)) | kwargs
        only(given, *names, *renamed, "inplace")
        given.pop("inplace", None)
        return call(method, x, **{renamed.get(n, n): number(v, n) for n, v in given.items()})
    return translate


def binary(method):
    def translate(x, y, **kwargs):
        only({k: v for k, v in kwargs.items() if (k, v) not in (("alpha", 1), ("rounding_mode", None))})
        if not isinstance(y, torch.Tensor) or not isinstance(x, torch.Tensor):
            raise Skip("a number as an operand, which is a constant node")
        return call(method, x, y)
    return translate


def reduction_of(method, axes="dim"):
    def translate(x, dim=None, keepdim=False, **kwargs):
        only(kwargs, "dtype")
        return call(method, x, axes=listed(dim))
    return translate


def variance(method):
    def translate(x, *args, dim=None, unbiased=None, correction=None, keepdim=False):
        for a in args:
            if isinstance(a, bool):
                unbiased = a
            else:
                dim = a
        if correction is not None:
            if correction not in (0, 1):
                raise Skip("a correction other than 0 and 1")
            unbiased = correction == 1
        return call(method + ("/2" if unbiased is None else "/3"), x, unbiased=unbiased, axes=listed(dim))
    return translate


def vector_norm(x, ord=2, dim=None, keepdim=False, dtype=None):
    if ord < 1:
        raise Skip("an order below 1, which is no norm")
    # An infinity is no number of JSON.
    return call("Norm/3", x, p=str(ord) if ord in (float("inf"), float("-inf")) else ord, axes=listed(dim))


def one_axis(method):
    def translate(x, dim=None, keepdim=False, dtype=None):
        if dim is None:
            raise Skip("of all elements: Reshape first")
        return call(method, x, axis=dim)
    return translate


def clamp(x, low=None, high=None, min=None, max=None):
    low, high = low if low is not None else min, high if high is not None else max
    return call("Clamp/3", x, min=number(low, "bound"), max=number(high, "bound"))


def matmul(x, y):
    if x.dim() < 2 or y.dim() < 2:
        raise Skip("a vector as a factor: Unsqueeze first")
    return call("MatMul/2", x, y)


def flatten(x, start=0, end=-1, start_dim=None, end_dim=None):
    start, end = start if start_dim is None else start_dim, end if end_dim is None else end_dim
    if end not in (-1, x.dim() - 1) or x.dim() == 0:
        raise Skip("flattening up to an inner axis: Reshape")
    return call("Flatten/2", x, startAxis=start)


def repeat_interleave(x, repeats, dim=None):
    if dim is None or isinstance(repeats, torch.Tensor):
        raise Skip("of all elements, or with a count for each: sizes that follow from data")
    return call("RepeatInterleave/3", x, repeats=repeats, axis=dim)


def roll(x, shifts, dims=None):
    shifts, dims = listed(shifts), listed(dims)
    if len(dims) != 1 or len(shifts) != 1:
        raise Skip("several axes at once: one Roll after another")
    return call("Roll/3", x, shift=shifts[0], axis=dims[0])


def pad(method):
    def translate(x, pad, mode=None, value=None):
        pairs = len(pad) // 2
        if any(p < 0 for p in pad):
            raise Skip("a negative padding: Slice")
        if method != "Pad" and pairs != x.dim() - 2 or pairs > x.dim():
            raise Skip("an image without a batch, whose first axes PyTorch counts differently")
        return call(f"{method}/{3 if value is not None else 2}", x, padding=list(pad), value=value)
    return translate


def diagonal(x, offset=0, dim1=0, dim2=1):
    if x.dim() != 2 or dim1 not in (0, -2) or dim2 not in (1, -1):
        raise Skip("other axes than the last two: Transpose first")
    return call("Diagonal/2", x, offset=offset)


def diag_embed(x, offset=0, dim1=-2, dim2=-1):
    if (dim1, dim2) != (-2, -1):
        raise Skip("other axes than the last two: Transpose after")
    return call("DiagonalMatrix/2", x, offset=offset)


def scatter(method):
    def translate(x, axis, index, source, reduce=None):
        if reduce is not None or not isinstance(source, torch.Tensor):
            raise Skip("another way of reduction, or a number as the source")
        if tuple(index.shape) != tuple(source.shape):
            raise Skip("a source larger than the index: Slice first")
        if x.dim() == index.dim() and any(i < n for k, (i, n) in enumerate(zip(index.shape, x.shape)) if k != axis % max(1, x.dim())):
            raise Skip("an index that is smaller along another axis: Slice first")
        return call(method, x, index, source, axis=axis)
    return translate


def indexed(method):
    def translate(x, axis, index, **kwargs):
        only(kwargs)
        return call(method, x, index, axis=axis)
    return translate


def pool(method, rank, average=False):
    def translate(x, kernel_size, stride=None, padding=0, *args, dilation=1, ceil_mode=False, return_indices=False, count_include_pad=True, divisor_override=None):
        if args or dilation not in (1, (1,) * rank) or ceil_mode or return_indices or not count_include_pad or divisor_override is not None:
            raise Skip("dilation, ceil_mode, return_indices, or another divisor")
        if x.dim() != rank + 2:
            raise Skip("an image without a batch: Unsqueeze first")
        sizes = [listed(kernel_size), listed(stride), listed(padding)]
        if any(len(set(s)) > 1 for s in sizes):
            raise Skip("a window that is not square")
        kernel, stride, padding = (s[0] if s else None for s in sizes)
        return call(method, x, kernelSize=kernel, stride=stride, padding=padding)
    return translate


def adaptive_avg_pool2d(x, size):
    if x.dim() != 4 or not isinstance(size, (tuple, list)) or None in size or any(i % o for i, o in zip(x.shape[2:], size)):
        raise Skip("an image without a batch, or windows of different sizes")
    return call("AdaptiveAvgPool2d/3", x, height=size[0], width=size[1])


def unfold(x, kernel_size, dilation=1, padding=0, stride=1):
    sizes = [listed(v) for v in (kernel_size, dilation, padding, stride)]
    if x.dim() != 4 or any(len(set(s)) > 1 for s in sizes):
        raise Skip("a window that is not square, or an image without a batch")
    kernel, dilation, padding, stride = (s[0] for s in sizes)
    return call("Unfold2d/5", x, kernelSize=kernel, stride=stride, padding=padding, dilation=dilation)


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    if bias is not None:
        raise Skip("a bias in a convolution: add it")
    sizes = [listed(v) for v in (stride, padding, dilation)]
    if isinstance(padding, str) or any(len(set(s)) > 1 for s in sizes):
        raise Skip("padding by name, or other strides along height and width")
    if x.dim() != 4:
        raise Skip("an image without a batch: Unsqueeze first")
    return call("Conv2d/6", x, weight, stride=sizes[0][0], padding=sizes[1][0], dilation=sizes[2][0], groups=groups)


def weighted_loss(method):
    def translate(x, t, weight=None, reduction="mean", ignore_index=-100, label_smoothing=0.0):
        if x.dim() > 2:
            raise Skip("classes on axis 1: ModelGen has them on the last one")
        if t.is_floating_point():
            if weight is not None:
                raise Skip("weights of classes together with probabilities")
            return call(f"{method}/4", x, t, labelSmoothing=label_smoothing, reduction=REDUCTIONS.index(reduction))
        count = (6 if method == "CrossEntropy" else 5) - (weight is None)
        return call(f"{method}/{count}", x, t, *([] if weight is None else [weight]), ignoreIndex=ignore_index, reduction=REDUCTIONS.index(reduction),
                    labelSmoothing=label_smoothing if method == "CrossEntropy" else None)
    return translate


def loss(method, tensors, **renamed):
    """A loss of some tensors; arguments by PyTorch's name."""
    def translate(*args, reduction="mean", **kwargs):
        only(kwargs, *renamed)
        if len(args) != tensors or any(not isinstance(a, torch.Tensor) for a in args):
            raise Skip("arguments by place")
        if len({tuple(a.shape) for a in args}) > 1:
            raise Skip("operands that are broadcast: PyTorch warns of it, ModelGen refuses it")
        if reduction not in REDUCTIONS:
            raise Skip(f"reduction '{reduction}'")
        return call(method, *args, reduction=REDUCTIONS.index(reduction), **{renamed[k]: number(v, k) for k, v in kwargs.items()})
    return translate


def with_logits(x, t, weight=None, pos_weight=None, reduction="mean"):
    if weight is not None:
        raise Skip("weights of elements: multiply the losses")
    tensors = [x, t] + ([] if pos_weight is None else [pos_weight])
    return call(f"BinaryCrossEntropyWithLogits/{len(tensors) + 1}", *tensors, reduction=REDUCTIONS.index(reduction))


def attention(q, k, v, attn_mask=None, dropout_p=0.0, need_attn_weights=True, is_causal=False):
    if dropout_p or attn_mask is not None:
        raise Skip("dropout in attention, or a mask that is added")
    if is_causal and q.shape[-2] != k.shape[-2]:
        raise Skip("causal with fewer keys than queries, which ModelGen refuses")
    return call("ScaledDotProductAttention/5", q, k, v, causal=is_causal)


def lerp(x, y, weight):
    if not isinstance(weight, torch.Tensor):
        raise Skip("a number as an operand, which is a constant node")
    return call("Lerp/3", x, y, weight)


def where(condition, x, y):
    return call("Where/3", condition, x, y)


def where_of_method(x, condition, y):
    return where(condition, x, y)


def masked_fill(x, mask, value):
    if len(torch.broadcast_shapes(x.shape, mask.shape)) > x.dim():
        raise Skip("a mask with more axes than the tensor")
    return call("MaskedFill/3", x, mask, value=number(value, "value"))


def several(method):
    def translate(tensors, dim=0):
        if any(t.dim() == 1 and len(t) == 0 for t in tensors) and any(t.dim() != 1 for t in tensors):
            raise Skip("PyTorch passes over an empty vector among tensors of other ranks")
        return call(method, *tensors, axis=dim)
    return translate


def flip(x, dims):
    if not dims:
        raise Skip("no axes, which are all axes here and none in PyTorch")
    return call("Flip/2", x, axes=listed(dims))


def hinge_embedding(x, t, margin=1.0, reduction="mean"):
    if not bool(((t == 1) | (t == -1)).all()):
        raise Skip("a target that is neither 1 nor -1, for which PyTorch adds the losses of both")
    return loss("HingeEmbedding/4", 2, margin="margin")(x, t, margin=margin, reduction=reduction)


def smooth_l1(x, t, beta=1.0, reduction="mean"):
    if beta == 0:
        raise Skip("a beta of 0: MeanAbsoluteError")
    return loss("SmoothL1/4", 2, beta="beta")(x, t, beta=beta, reduction=reduction)


def hardtanh(x, min_val=-1.0, max_val=1.0):
    if min_val > max_val:
        raise Skip("a minimum above the maximum, which ModelGen refuses")
    return call("Hardtanh/3", x, min=min_val, max=max_val)


def tile(x, repeats):
    if 0 in repeats:
        raise Skip("no repeats at all: a size of zero")
    return call("Tile/2", x, repeats=list(repeats))


def narrow(x, dim, start, length):
    if length == 0:
        raise Skip("a size of zero")
    return call("Slice/5", x, axis=dim, start=int(start), stop=int(start) + length)


def squeeze(x, dim=None):
    if dim is not None and x.dim() > 0 and x.shape[dim] != 1:
        raise Skip("an axis that is not of size 1, which PyTorch leaves")
    return call("Squeeze/2", x, axes=listed(dim))


def ints(method, name):
    return lambda x, *args, **kwargs: call(method, x, **{name: listed(args[0]) if len(args) == 1 else list(args)})


def softplus(x, beta=1, threshold=20):
    if beta != 1:
        raise Skip("a beta other than 1")
    return call("Softplus/1", x)


def gelu(x, approximate="none"):
    return call("Gelu/1" if approximate == "none" else "GeluTanh/1", x)


def pow_(x, exponent):
    if not isinstance(x, torch.Tensor):
        raise Skip("a number as the base: (exponent * ln(base)).Exp()")
    if isinstance(exponent, torch.Tensor):
        return call("Power/2", x, exponent)
    return call("Pow/2", x, exponent=exponent)


def matrices(method):
    def translate(x, *args, **kwargs):
        only({k: v for k, v in kwargs.items() if v}, "upper")
        if kwargs.get("upper"):
            raise Skip("the upper factor: Transpose")
        return call(method, x, *args)
    return translate


def solve_triangular(a, b, *, upper, left=True, unitriangular=False):
    if not left or unitriangular:
        raise Skip("solving from the right, or with a diagonal of ones")
    return call("SolveTriangular/4", a, b, upper=upper)


def solve(a, b, left=True):
    if not left:
        raise Skip("solving from the right, or with a diagonal of ones")
    if b.dim() == a.dim() - 1:
        raise Skip("a vector as a factor: Unsqueeze first")
    return call("Solve/2", a, b)


def grid_sample(x, grid, mode="bilinear", padding_mode="zeros", align_corners=False):
    if mode != "bilinear" or padding_mode == "reflection" or x.dim() != 4:
        raise Skip("sampling of volumes, or other than bilinear with zeros or the border outside")
    return call("GridSample/4", x, grid, border=padding_mode == "border", alignCorners=bool(align_corners))


def interpolate(x, size=None, scale_factor=None, mode="nearest", align_corners=None, recompute_scale_factor=None):
    rank = x.dim() - 2
    if (mode, rank) not in (("nearest", 2), ("bilinear", 2), ("linear", 1)) or size is None:
        raise Skip("sizes by a factor that is not whole, volumes, or other than nearest and linear")
    sizes = listed(size) * (rank if len(listed(size)) < rank else 1)
    if mode == "nearest":
        return call("ResizeNearest2d/3", x, height=sizes[0], width=sizes[1])
    if mode == "linear":
        return call("ResizeLinear1d/3", x, length=sizes[0], alignCorners=bool(align_corners))
    return call("ResizeBilinear2d/4", x, height=sizes[0], width=sizes[1], alignCorners=bool(align_corners))


def round_(x, decimals=0):
    if decimals:
        raise Skip("decimals")
    return call("Round/1", x)


def topk(x, k, dim=-1, largest=True, sorted=True):
    return call("TopK/4", x, k=k, axis=dim, largest=largest)


def sort(method):
    def translate(x, dim=-1, descending=False, stable=True):
        if not stable:
            raise Skip("an unstable sort, whose order of equal elements is anything")
        return call(method, x, axis=dim, descending=descending)
    return translate


def one_hot(x, num_classes=-1):
    classes = num_classes
    if classes < 0:
        raise Skip("a number of classes that follows from data")
    return call("OneHot/2", x, classes=classes)


def einsum(equation, *operands):
    operands = operands[0] if len(operands) == 1 and isinstance(operands[0], (list, tuple)) else operands
    if any(len(set(term.replace(".", ""))) < len(term.replace(".", "")) for term in equation.split("->")[0].split(",")):
        raise Skip("a diagonal in einsum: Diagonal first")
    return call("Einsum/2", *operands, equation=equation)


def einsum_of_sample(tensors, equation):
    return einsum(equation, tensors)


def cosine_similarity(x, y, dim=1, eps=1e-8):
    return call("CosineSimilarity/4", x, y, axis=dim, epsilon=eps)


UNARY = {
    "abs": "Abs", "sqrt": "Sqrt", "exp": "Exp", "log": "Log", "sin": "Sin", "cos": "Cos", "sign": "Sign", "tan": "Tan", "sinh": "Sinh", "cosh": "Cosh", "asin": "Asin",
    "acos": "Acos", "atan": "Atan", "log1p": "Log1p", "log2": "Log2", "log10": "Log10", "expm1": "Expm1", "erf": "Erf", "reciprocal": "Reciprocal", "rsqrt": "Rsqrt",
    "floor": "Floor", "ceil": "Ceiling", "neg": "operator -", "sigmoid": "Sigmoid", "tanh": "Tanh", "square": "Square", "nn.functional.relu": "Relu",
    "nn.functional.silu": "Silu", "nn.functional.softsign": "Softsign", "nn.functional.relu6": "Relu6", "nn.functional.hardsigmoid": "Hardsigmoid",
    "nn.functional.hardswish": "Hardswish", "nn.functional.mish": "Mish", "nn.functional.logsigmoid": "LogSigmoid", "nn.functional.selu": "Selu",
    "nn.functional.tanhshrink": "Tanhshrink",
}
BINARY = {
    "add": "operator +", "sub": "operator -", "mul": "operator *", "true_divide": "operator /", "div": "operator /", "maximum": "Maximum", "minimum": "Minimum",
    "max.binary": "Maximum", "min.binary": "Minimum", "atan2": "Atan2", "remainder": "Remainder", "gt": "Greater", "ge": "GreaterOrEqual", "lt": "Less", "le": "LessOrEqual",
    "eq": "Equal", "ne": "NotEqual",
}
TRANSLATIONS = {name: unary(f"{method}/1") for name, method in UNARY.items()} | {name: binary(f"{method}/2") for name, method in BINARY.items()} | {
    "round": round_,
    "pow": pow_,
    "clamp": clamp,
    "where": where_of_method,
    "lerp": lerp,
    "masked_fill": masked_fill,
    "nn.functional.softplus": softplus,
    "nn.functional.gelu": gelu,
    "nn.functional.leaky_relu": unary("LeakyRelu/2", "negative_slope", negative_slope="slope"),
    "nn.functional.elu": unary("Elu/2", "alpha"),
    "nn.functional.celu": unary("Celu/2", "alpha"),
    "nn.functional.hardtanh": hardtanh,
    "nn.functional.hardshrink": unary("Hardshrink/2", "lambd", lambd="lambda"),
    "nn.functional.softshrink": unary("Softshrink/2", "lambd", lambd="lambda"),
    "nn.functional.glu": unary("Glu/2", "dim", dim="axis"),
    "softmax": unary("Softmax/2", "dim", dim="axis"),
    "log_softmax": unary("LogSoftmax/2", "dim", dim="axis"),
    "matmul": matmul, "mm": matmul, "bmm": matmul, "__rmatmul__": lambda x, y: matmul(y, x),
    "einsum": einsum_of_sample,
    "sum": reduction_of("Sum/2"), "mean": reduction_of("Mean/2"), "amax": reduction_of("Max/2"), "amin": reduction_of("Min/2"), "prod": reduction_of("Prod/2"),
    "max.reduction_no_dim": reduction_of("Max/2"), "min.reduction_no_dim": reduction_of("Min/2"), "any": reduction_of("Any/2"), "all": reduction_of("All/2"),
    "logsumexp": reduction_of("LogSumExp/2"), "var": variance("Var"), "std": variance("Std"), "linalg.vector_norm": vector_norm,
    "argmax": one_axis("ArgMax/2"), "argmin": one_axis("ArgMin/2"), "cumsum": one_axis("CumSum/2"), "cumprod": one_axis("CumProd/2"),
    "linalg.cholesky": matrices("Cholesky/1"), "cholesky": matrices("Cholesky/1"), "linalg.inv": matrices("Inverse/1"), "linalg.det": matrices("Determinant/1"),
    "logdet": matrices("LogDeterminant/1"), "linalg.solve": solve, "linalg.solve_triangular": solve_triangular,
    "nn.functional.grid_sample": grid_sample,
    "nn.functional.interpolate.nearest": interpolate, "nn.functional.interpolate.bilinear": interpolate, "nn.functional.interpolate.linear": interpolate,
    "broadcast_to": ints("BroadcastTo/2", "shape"),
    "reshape": ints("Reshape/2", "shape"), "view": ints("Reshape/2", "shape"),
    "cat": several("Concat/2"), "stack": several("Stack/2"),
    "flatten": flatten,
    "permute": lambda x, dims: call("Permute/2", x, axes=listed(dims)),
    "select": lambda x, dim, index: call("Select/3", x, axis=dim, index=index),
    "narrow": narrow,
    "transpose": lambda x, a, b: call("Transpose/3", x, axis0=a, axis1=b),
    "squeeze": squeeze,
    "unsqueeze": lambda x, dim: call("Unsqueeze/2", x, axis=dim),
    "tile": tile, "repeat": tile,
    "repeat_interleave": repeat_interleave,
    "flip": flip,
    "fliplr": lambda x: call("Flip/2", x, axes=[1]), "flipud": lambda x: call("Flip/2", x, axes=[0]),
    "roll": roll,
    "nn.functional.pad.constant": pad("Pad"), "nn.functional.pad.reflect": pad("PadReflect"), "nn.functional.pad.replicate": pad("PadReplicate"),
    "nn.functional.pad.circular": pad("PadCircular"),
    "tril": unary("Tril/2", "diagonal"), "triu": unary("Triu/2", "diagonal"),
    "diagonal": diagonal, "diag_embed": diag_embed,
    "nn.functional.pixel_shuffle": unary("PixelShuffle/2", "upscale_factor", upscale_factor="factor"),
    "nn.functional.pixel_unshuffle": unary("PixelUnshuffle/2", "downscale_factor", downscale_factor="factor"),
    "nn.functional.one_hot": one_hot,
    "index_select": indexed("IndexSelect/3"), "gather": indexed("Gather/3"),
    "scatter": scatter("Scatter/4"), "scatter_add": scatter("ScatterAdd/4"),
    "sort": sort("Sort/3"), "topk": topk,
    "nn.functional.max_pool1d": pool("MaxPool1d/4", 1), "nn.functional.max_pool2d": pool("MaxPool2d/4", 2), "nn.functional.max_pool3d": pool("MaxPool3d/4", 3),
    "nn.functional.avg_pool1d": pool("AvgPool1d/4", 1), "nn.functional.avg_pool2d": pool("AvgPool2d/4", 2), "nn.functional.avg_pool3d": pool("AvgPool3d/4", 3),
    "nn.functional.adaptive_avg_pool2d": adaptive_avg_pool2d,
    "nn.functional.unfold": unfold, "nn.functional.conv2d": conv2d,
    "nn.functional.cross_entropy": weighted_loss("CrossEntropy"), "nn.functional.nll_loss": weighted_loss("Nll"),
    "nn.functional.mse_loss": loss("MeanSquaredError/3", 2), "nn.functional.l1_loss": loss("MeanAbsoluteError/3", 2),
    "nn.functional.huber_loss": loss("Huber/4", 2, delta="delta"), "nn.functional.smooth_l1_loss": smooth_l1,
    "nn.functional.binary_cross_entropy": loss("BinaryCrossEntropy/3", 2),
    "nn.functional.binary_cross_entropy_with_logits": with_logits,
    "nn.functional.kl_div": loss("KlDivergence/4", 2, log_target="logTarget"),
    "nn.functional.hinge_embedding_loss": hinge_embedding, "nn.functional.soft_margin_loss": loss("SoftMargin/3", 2),
    "nn.functional.margin_ranking_loss": loss("MarginRanking/5", 3, margin="margin"),
    "nn.functional.triplet_margin_loss": loss("TripletMargin/6", 3, margin="margin", p="p"),
    "nn.functional.poisson_nll_loss": loss("PoissonNll/6", 2, log_input="logInput", full="full", eps="epsilon"),
    "nn.functional.gaussian_nll_loss": loss("GaussianNll/6", 3, full="full", eps="epsilon"),
    "nn.functional.cosine_similarity": cosine_similarity,
    "nn.functional._scaled_dot_product_attention": attention,
}


def rounded(sample):
    """The sample with numbers of three digits; its tensors are leaves."""
    def one(t):
        if not isinstance(t, torch.Tensor):
            return t
        copy = t.detach().clone().contiguous()
        copy = copy.round(decimals=3) if copy.is_floating_point() else copy
        return copy.requires_grad_(t.requires_grad)
    return tree_map(one, (sample.input, tuple(sample.args), dict(sample.kwargs)))


def seed():
    """The samples of an op are the same whatever came before."""
    random.seed(0)
    numpy.random.seed(0)
    torch.manual_seed(0)


def weights(count):
    """The same numbers as in OpInfoTests.cs."""
    return torch.tensor([((i * 37) % 101) / 101 - 0.4 for i in range(count)], dtype=torch.float64)


def flat(t):
    return [float(f"{v:.12g}") for v in t.detach().reshape(-1).tolist()]


def tensor(t):
    entry = {"shape": list(t.shape), "values": flat(t.double())}
    if not t.is_floating_point() and t.dtype != torch.bool:
        entry["integers"] = True
    return entry


def golden(op, sample):
    x, args, kwargs = rounded(sample)
    method, tensors, arguments = TRANSLATIONS[key(op)](x, *args, **kwargs)
    if any(t.dim() == 0 for t in tensors) and any(arguments.get(name, []) != [] for name in ("axis", "axes", "axis0")):
        raise Skip("an axis of a scalar, which has none here")
    if any(t.numel() > MOST_ELEMENTS for t in tensors) or any(t.is_complex() for t in tensors):
        raise Skip("large or complex tensors")
    y = op.op(x, *args, **kwargs)
    if method.startswith("ScaledDotProductAttention"):
        y = y[0]   # the other result are the weights
    if isinstance(y, (tuple, list)):
        y = torch.cat([t.reshape(-1).double() for t in y])
    entry = {"method": method, "tensors": [tensor(t) for t in tensors], "arguments": arguments, "y": flat(y.double())}
    if not torch.isfinite(y.double()).all():
        raise Skip("a result that is not finite")
    if y.requires_grad:
        (y.reshape(-1).double() * weights(y.numel())).sum().backward()
    for t, into in zip(tensors, entry["tensors"]):
        if t.requires_grad:
            gradient = t.grad if t.grad is not None else torch.zeros_like(t)
            if torch.isfinite(gradient).all():
                into["gradient"] = flat(gradient)
    return entry


def key(op):
    return f"{op.name}.{op.variant_test_name}" if op.variant_test_name and op.name not in TRANSLATIONS else op.name


def sized(layer, **arguments):
    return layer, {name: value for name, value in arguments.items() if value is not None}


def convolution(layer):
    def translate(inputs, outputs, size, padding=0):
        if padding == "same":
            raise Skip("padding by name: a number")
        return sized(layer, outChannels=outputs, kernelSize=size)
    return translate


def recurrent(layer):
    def translate(input_size, hidden_size, num_layers, batch_first, bias, bidirectional, nonlinearity="tanh", proj_size=0):
        if nonlinearity != "tanh" or proj_size:
            raise Skip("a recurrent layer of relu, or with a projection")
        if not batch_first:
            raise Skip("steps before the batch")
        return sized(layer, hidden=hidden_size, Layers=num_layers, Bias=bias, Bidirectional=bidirectional)
    return translate


def cell(layer):
    def translate(input_size, hidden_size, bias=True, nonlinearity="tanh"):
        if nonlinearity != "tanh":
            raise Skip("a recurrent layer of relu, or with a projection")
        return sized(layer, hidden=hidden_size, Bias=bias)
    return translate


# Constructors of modules, and how many axes their inputs have with a batch. Modules without weights are tensor methods.
MODULES = {
    "nn.Linear": (2, lambda inputs, outputs, bias=None: sized("Linear", outFeatures=outputs, Bias=bias)),
    "nn.Bilinear": (2, lambda a, b, outputs, bias=None: sized("Bilinear", outFeatures=outputs, Bias=bias)),
    "nn.Conv1d": (3, convolution("Conv1d")), "nn.Conv2d": (4, convolution("Conv2d")), "nn.Conv3d": (5, convolution("Conv3d")),
    "nn.ConvTranspose2d": (4, convolution("ConvTranspose2d")),
    "nn.BatchNorm2d": (4, lambda features: sized("BatchNorm2d")), "nn.BatchNorm3d": (5, lambda features: sized("BatchNorm3d")),
    "nn.Embedding": (None, lambda num_embeddings, embedding_dim: sized("Embedding", count=num_embeddings, width=embedding_dim)),
    "nn.RNNCell": (2, cell("RnnCell")), "nn.GRUCell": (2, cell("GruCell")), "nn.LSTMCell": (2, cell("LstmCell")),
    "nn.RNN": (3, recurrent("Rnn")), "nn.GRU": (3, recurrent("Gru")), "nn.LSTM": (3, recurrent("Lstm")),
}


def golden_module(info, sample):
    rank, translate = MODULES[info.name]
    layer, arguments = translate(*sample.constructor_input.args, **sample.constructor_input.kwargs)
    given = [*sample.forward_input.args, *sample.forward_input.kwargs.values()]
    if layer in ("Rnn", "Gru", "Lstm") and len(given) > 1:
        raise Skip("first states of all layers in one tensor")
    inputs = [t for g in given for t in (g if isinstance(g, tuple) else (g,))]
    if any(t.numel() > MOST_ELEMENTS for t in inputs):
        raise Skip("large or complex tensors")
    # What has no batch is a batch of one.
    inputs = [(t.detach() if rank is None or t.dim() == rank else t.detach().unsqueeze(0)) for t in inputs]
    inputs = [t.round(decimals=3).requires_grad_() if t.is_floating_point() else t for t in inputs]
    torch.manual_seed(1)
    module = info.module_cls(*sample.constructor_input.args, **sample.constructor_input.kwargs).double().train()
    with torch.no_grad():
        for p in module.parameters():
            p.copy_(torch.rand_like(p).sub(0.5).round(decimals=3))
    y = module(inputs[0], tuple(inputs[1:])) if layer == "LstmCell" else module(*inputs)
    y = y[0] if isinstance(y, tuple) else y
    (y.reshape(-1) * weights(y.numel())).sum().backward()
    described = lambda t: tensor(t) | ({"gradient": flat(t.grad)} if t.requires_grad else {})
    return {"layer": layer, "tensors": [described(t) for t in inputs], "arguments": arguments, "parameters": {n: described(p) for n, p in module.named_parameters()}, "y": flat(y)}


PAGE = """# Differences from PyTorch, on purpose

Values and gradients of the tensor methods are compared with PyTorch's in two ways: on samples of our own, for every method and layer (`tests/golden/generate.py`), and on PyTorch's
samples, those of its own tests (OpInfo and ModuleInfo, `tests/golden/opinfo.py`): {calls} calls of {ops} ops, {layers} of layers. Wrong calls of PyTorch's tests ({wrong}) must be refused here too.

Some of PyTorch's samples are no calls of ModelGen. This page is printed with the golden values; a test compares. Behind each reason are the ops whose samples have it.

## Defaults

Optimizers, layers and schedules have PyTorch's defaults (read from version 2.14.1), but for these:

- **Every `new Net()` has the same first weights**, those of seed 0; an ensemble calls `Initialize(seed)` on each.
- **`Flatten()`** keeps the batch: it begins at axis 1, as `nn.Flatten` does, and not at 0 as `torch.flatten`.
- **Recurrent layers and attention** have the batch first.
- **`TransformerEncoderLayer` and `TransformerDecoderLayer`** drop nothing unless `Dropout` is set (PyTorch: 0.1).
- **`RmsNorm`** adds 1e-6 (PyTorch: the smallest step of the element type at 1, 1.2e-7 for float32).
- **`Muon`** matches AdamW's steps (`adjust_lr_fn="match_rms_adamw"`); `MatchesAdamW = false` is PyTorch's default. What is no matrix follows AdamW in the same optimizer.
- **`WarmupSchedule`** begins at a tenth of the rate (`LinearLR`: a third); **`OneCycleSchedule`** leaves momentum alone.
- **An optimizer counts steps for a model**, not for each parameter: give each objective of a model its own optimizer.

## Calls

{skipped}

## Wrong calls

Refused by PyTorch, and nothing that can be written here:

{unwritten}
"""


def bullets(skipped, wrong):
    prefix = "wrong call: "
    ops = {}
    for op, reasons in skipped.items():
        for reason in reasons:
            if reason.startswith(prefix) == wrong:
                ops.setdefault(reason.removeprefix(prefix), []).append(f"`{op}`")
    return "\n".join(f"- **{reason}**: {', '.join(names)}" for reason, names in sorted(ops.items()))


def main(target, page):
    entries, errors, skipped = {}, {}, {}
    for op in op_db:
        name = key(op)
        if name not in TRANSLATIONS:
            continue
        label = f"{op.name}.{op.variant_test_name}" if op.variant_test_name else op.name
        kept, seen, reasons = [], set(), Counter()
        seed()
        dtype = torch.int64 if name == "nn.functional.one_hot" else torch.float64
        if dtype not in op.dtypes:   # of complex numbers
            continue
        for sample in op.sample_inputs("cpu", dtype, requires_grad=op.supports_autograd and dtype.is_floating_point):
            try:
                entry = golden(op, sample)
            except Skip as reason:
                reasons[str(reason)] += 1
                continue
            except TypeError as e:
                raise TypeError(f"{label}: {e}: {sample.args} {sample.kwargs}") from e
            text = json.dumps(entry, separators=(",", ":"))
            if text not in seen:
                seen.add(text)
                kept.append(text)
        wrong = []
        for error in op.error_inputs("cpu") if op.error_inputs_func is not None else []:
            try:
                method, tensors, arguments = TRANSLATIONS[name](error.sample_input.input, *error.sample_input.args, **error.sample_input.kwargs)
                if "dtype" in error.error_regex or any(t.dtype == torch.bool for t in tensors):
                    raise Skip("another element type, which is no argument here")
                if "approximate" in error.error_regex:
                    raise Skip("an argument that is a method of its own here")
                wrong.append(json.dumps({"method": method, "tensors": [{"shape": list(t.shape), **({"integers": True} if t.dtype in (torch.int64, torch.int32) else {})} for t in tensors],
                                         "arguments": arguments, "pytorch": error.error_regex}, separators=(",", ":")))
            except Skip as reason:
                reasons["wrong call: " + str(reason)] += 1
            except Exception as e:
                reasons[f"wrong call: arguments that the call does not have ({type(e).__name__})"] += 1
        if kept:
            entries[label] = kept
        if wrong:
            errors[label] = wrong
        if reasons:
            skipped[label] = reasons
    modules = {}
    for info in module_db:
        if info.name not in MODULES:
            continue
        reasons = Counter()
        texts = {}
        seed()
        for sample in info.module_inputs_func(info, device="cpu", dtype=torch.float64, requires_grad=True, training=True):
            try:
                texts[json.dumps(golden_module(info, sample), separators=(",", ":"))] = None
            except Skip as reason:
                reasons[str(reason)] += 1
        if texts:
            modules[info.name] = list(texts)
        if reasons:
            skipped[info.name] = reasons
    lines = lambda table: ",\n".join(f"{json.dumps(name)}: [\n" + ",\n".join(texts) + "]" for name, texts in table.items())
    with open(target, "w", encoding="utf-8", newline="\n") as file:
        file.write('{"samples": {\n' + lines(entries) + '},\n"errors": {\n' + lines(errors) + '},\n"modules": {\n' + lines(modules) + '},\n"skipped": ' + json.dumps(skipped, indent=0) + "}\n")
    counts = {"calls": sum(map(len, entries.values())), "ops": len(entries), "wrong": sum(map(len, errors.values())), "layers": sum(map(len, modules.values()))}
    with open(page, "w", encoding="utf-8", newline="\n") as file:
        file.write(PAGE.format(**counts, skipped=bullets(skipped, wrong=False), unwritten=bullets(skipped, wrong=True)))
    print(f"{counts} with PyTorch {torch.__version__}")


if __name__ == "__main__":
    main(*sys.argv[1:])
