"""Times PyTorch on the workloads. Prints one line of JSON for each: {"workload","mode","threads","us","min","max","n"}.

A training step is zero_grad, forward, loss, backward and update; eight batches in memory, in turn; the loss is not read back. "us" is the median over
samples; a sample is one step, or as many as make about a millisecond.

Modes: eager is PyTorch as it comes; fused has fused optimizers, and channels-last images for networks with convolutions; compile is fused with torch.compile
around the loss (a network that infers is frozen too). It leaves W5 out: torch.compile unrolls the LSTM, which takes a minute and is slower than eager.
One process has one thread count and one mode: compare.py starts it with the thread variables set.
"""
import argparse
import json
import statistics
import time

import torch
import torch.nn.functional as F

import networks as M

parser = argparse.ArgumentParser()
parser.add_argument("--mode", default="eager", choices=["eager", "fused", "compile"])
parser.add_argument("--threads", type=int, default=1)
parser.add_argument("--seconds", type=float, default=2)
parser.add_argument("--only", default="", help="workloads by prefix, separated by commas")
arguments = parser.parse_args()
FUSED = arguments.mode != "eager"
COMPILED = arguments.mode == "compile"

torch.set_num_threads(arguments.threads)
torch.set_flush_denormal(True)
torch.manual_seed(0)
if COMPILED:
    import torch._inductor.config
    torch._inductor.config.freezing = True


def wanted(name):
    return any(name.startswith(p) for p in arguments.only.split(","))


def compiled(function):
    return torch.compile(function, dynamic=False) if COMPILED else function


def measure(name, step):
    calls, start = 0, time.perf_counter()
    while time.perf_counter() - start < min(1, arguments.seconds) or calls < 5:
        step()
        calls += 1
    repeat = max(1, round(1e-3 / ((time.perf_counter() - start) / calls)))
    samples, start = [], time.perf_counter()
    while time.perf_counter() - start < arguments.seconds or len(samples) < 15:
        sample = time.perf_counter_ns()
        for _ in range(repeat):
            step()
        samples.append((time.perf_counter_ns() - sample) / repeat / 1e3)
    print(json.dumps({"workload": name, "mode": "torch " + arguments.mode, "threads": arguments.threads, "us": round(statistics.median(samples), 2),
                      "min": round(min(samples), 2), "max": round(max(samples), 2), "n": len(samples)}), flush=True)


def train(name, make, optimizer, batch, loss=None, images=False):
    if not wanted(name):
        return
    model = make().train()
    if images and FUSED:
        model.to(memory_format=torch.channels_last)
    update = optimizer(model, {"fused": True} if FUSED else {})
    data = [batch() for _ in range(8)]
    if images and FUSED:
        data = [(x.to(memory_format=torch.channels_last), y) for x, y in data]
    compute = compiled(loss(model) if loss else lambda x, y: F.cross_entropy(model(x), y))
    calls = 0

    def step():
        nonlocal calls
        x, y = data[calls % 8]
        calls += 1
        update.zero_grad(set_to_none=True)
        compute(x, y).backward()
        update.step()

    measure(name, step)


def infer(name, make, x, images=False):
    if not wanted(name):
        return
    model = make().eval().requires_grad_(False)
    if images and FUSED:
        model.to(memory_format=torch.channels_last)
        x = x.to(memory_format=torch.channels_last)
    run = compiled(model)
    with torch.no_grad() if COMPILED else torch.inference_mode():
        measure(name, lambda: run(x))


def batch(shape, classes, count):
    return lambda: (torch.randn(count, *shape), torch.randint(classes, (count,)))


def sgd(momentum):
    return lambda m, options: torch.optim.SGD(m.parameters(), lr=0.01, momentum=momentum, **options)


def adam(m, options):
    return torch.optim.Adam(m.parameters(), lr=1e-3, **options)


def adamw(m, options):
    p = list(m.parameters())
    groups = [{"params": [q for q in p if q.dim() > 1], "weight_decay": 0.1}, {"params": [q for q in p if q.dim() < 2], "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=1e-3, betas=(0.9, 0.99), **options)


train("W1_mlp_train", M.mlp, sgd(0.9), batch((784,), 10, 64))
train("W2_cnn_train", M.cnn, adam, batch((1, 28, 28), 10, 64), images=True)
train("W3_lenet_train", M.lenet, sgd(0.9), batch((3, 32, 32), 10, 64), images=True)
train("W4_gpt_train", M.GPT, adamw, lambda: (torch.randint(M.V, (12, M.T)), torch.randint(M.V, (12, M.T))), loss=lambda m: m.loss)
if not COMPILED:
    train("W5_lstm_train", M.LSTMNet, adam, batch((28, 28), 10, 64))
train("W6_tiny_train", M.tiny, sgd(0), batch((4,), 3, 16))
for b in (1, 64):
    infer(f"W7_mlp_infer_b{b}", M.mlp, torch.randn(b, 784))
    infer(f"W7_cnn_infer_b{b}", M.cnn, torch.randn(b, 1, 28, 28), images=True)
    infer(f"W7_lenet_infer_b{b}", M.lenet, torch.randn(b, 3, 32, 32), images=True)
if wanted("W7_gpt_decode"):
    gpt = M.GPT().eval().requires_grad_(False)
    keys, values = (torch.randn(M.L, 1, M.H, M.T, M.D // M.H) for _ in range(2))
    token = torch.randint(M.V, (1, 1))
    decode = compiled(gpt.decode)
    with torch.no_grad() if COMPILED else torch.inference_mode():
        measure("W7_gpt_decode", lambda: decode(token, keys, values, M.T - 1))
infer("W7_resnet18_b1", M.resnet18, torch.randn(1, 3, 224, 224), images=True)
