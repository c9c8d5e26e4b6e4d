"""Trains the network of this sample in PyTorch: from the same first weights, on the same pieces of the same text, for as many steps. By hand, from the root:

    dotnet run -c Release --project samples/CharLm -- --text docs --steps 300 --start start.safetensors --json ours.json
    python3 samples/CharLm/compare.py docs start.safetensors 300 ours.json

Needs PyTorch and NumPy. Prints both losses on the test part and their ratio.
"""
import json
import math
import os
import sys

import numpy as np
import torch
import torch.nn.functional as F

CONTEXT, HEADS, BATCH, RATE, SEED = 64, 4, 12, 1e-3, 1
text_path, start_path, steps, ours_path = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]

# The text as in Corpus.cs and Alphabet.cs.
if os.path.isdir(text_path):
    files = sorted(os.path.join(d, f) for d, _, names in os.walk(text_path) for f in names if os.path.splitext(f)[1] in (".md", ".txt"))
else:
    files = [text_path]
text = "\n\n".join(open(f, encoding="utf-8-sig", newline="").read() for f in files)
tokens = torch.tensor([0 if c == "\n" else ord(c) - 31 for c in text if c == "\n" or " " <= c <= "~"])
trained = len(tokens) * 9 // 10

# The weights, by PyTorch's names.
with open(start_path, "rb") as file:
    header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    body = file.read()
p = {name: torch.tensor(np.frombuffer(body[slice(*e["data_offsets"])], np.float32).reshape(e["shape"]).copy(), requires_grad=True)
     for name, e in header.items() if name != "__metadata__"}


def forward(token):
    def norm(x, name):
        return F.layer_norm(x, x.shape[-1:], p[name + ".weight"], p[name + ".bias"])

    def linear(x, name):
        return F.linear(x, p[name + ".weight"], p[name + ".bias"])

    def heads(x):
        return x.view(x.shape[0], x.shape[1], HEADS, -1).transpose(1, 2)

    x = p["characters.weight"][token] + p["positions.weight"]
    hidden = torch.full((CONTEXT, CONTEXT), -math.inf).triu(1)
    for b in range(4):
        y = norm(x, f"blocks.{b}.norm1")
        q, k, v = (heads(linear(y, f"blocks.{b}.attention.{n}_proj")) for n in "qkv")
        y = torch.softmax(q @ k.transpose(2, 3) / math.sqrt(q.shape[-1]) + hidden, -1) @ v
        x = x + linear(y.transpose(1, 2).reshape(x.shape), f"blocks.{b}.attention.out_proj")
        x = x + linear(F.gelu(linear(norm(x, f"blocks.{b}.norm2"), f"blocks.{b}.up")), f"blocks.{b}.down")
    return norm(x, "norm") @ p["characters.weight"].T


def loss(places):
    token = torch.stack([tokens[i:i + CONTEXT] for i in places])
    following = torch.stack([tokens[i + 1:i + 1 + CONTEXT] for i in places])
    return F.cross_entropy(forward(token).flatten(0, 1), following.flatten())


# The pieces as in Places.cs.
state, ALL = SEED, (1 << 64) - 1


def place(count):
    global state
    state = (state + 0x9E3779B97F4A7C15) & ALL
    z = state
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & ALL
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB & ALL
    return (z ^ (z >> 31)) % count


optimizer = torch.optim.AdamW(p.values(), lr=RATE, weight_decay=0.1)
for _ in range(steps):
    optimizer.zero_grad()
    loss([place(trained - CONTEXT) for _ in range(BATCH)]).backward()
    optimizer.step()

with torch.no_grad():
    pieces = min((len(tokens) - trained - 1) // CONTEXT // BATCH * BATCH, 64 * BATCH)
    theirs = sum(float(loss([trained + (n + r) * CONTEXT for r in range(BATCH)])) * BATCH for n in range(0, pieces, BATCH)) / pieces
ours = json.load(open(ours_path))["test_loss"]
print(f"{len(tokens)} characters, {steps} steps: PyTorch {torch.__version__} {theirs:.4f}, ModelGen {ours:.4f}, ratio {ours / theirs:.4f}")
