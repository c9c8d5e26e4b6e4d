"""Loss curves of PyTorch, for tests/ModelGen.EndToEnd.Tests/Networks/TrajectoryTests.cs.

Run by hand with a Python that has torch (any version from 1.13 on):

    python3 tests/golden/trajectories.py

Data and initial weights come from a linear congruential generator, the same as in tests/ModelGen.Testing/Lcg.cs. Everything is computed in
double precision, from weights and data that are rounded to float32: the curve is what exact arithmetic would give.
"""

import json
import pathlib

import torch
from torch import nn
import torch.nn.functional as F

ROWS, BATCH, STEPS = 64, 16, 100


class Lcg:
    def __init__(self, seed):
        self.state = seed

    def next(self, low, high):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return low + (high - low) * ((self.state >> 32) / 4294967296.0)


def array(random, shape, low, high):
    count = 1
    for size in shape:
        count *= size
    values = torch.tensor([random.next(low, high) for _ in range(count)], dtype=torch.float64)
    return values.float().double().reshape(shape)


def data():
    """Ten patterns of 8x8, with noise: row i shows pattern i % 10."""
    random = Lcg(1)
    patterns = array(random, (10, 64), 0, 1)
    noise = array(random, (ROWS, 64), -0.4, 0.4)
    labels = torch.tensor([i % 10 for i in range(ROWS)])
    return (patterns[labels] + noise).float().double(), labels


def initialize(model):
    """Uniform in +-0.25, by the ordinal order of the names; norms keep their ones and zeros."""
    names = sorted(name for name, _ in model.named_parameters())
    parameters = dict(model.named_parameters())
    for i, name in enumerate(names):
        if "norm" not in name:
            parameters[name].data = array(Lcg(100 + i), parameters[name].shape, -0.25, 0.25)


class Mlp(nn.Module):
    def __init__(self, activation=F.relu):
        super().__init__()
        self.activation = activation
        self.hidden = nn.Linear(64, 32)
        self.output = nn.Linear(32, 10)

    def forward(self, x):
        return self.output(self.activation(self.hidden(x)))


class SmallConvNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 8, 3, padding=1)
        self.conv2 = nn.Conv2d(8, 16, 3, padding=1)
        self.output = nn.Linear(64, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x.reshape(-1, 1, 8, 8))), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        return self.output(x.flatten(1))


class Block(nn.Module):
    def __init__(self, width, factor):
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.up = nn.Linear(width, factor * width)
        self.down = nn.Linear(factor * width, width)

    def forward(self, x):
        return x + self.down(F.gelu(self.up(self.norm(x))))


class ResidualNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Linear(64, 16)
        self.blocks = nn.ModuleList([Block(16, 2) for _ in range(3)])
        self.norm = nn.LayerNorm(16)
        self.output = nn.Linear(16, 10)

    def forward(self, x):
        x = self.embed(x)
        for block in self.blocks:
            x = block(x)
        return self.output(self.norm(x))


class LstmNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(8, 20, batch_first=True)
        self.output = nn.Linear(20, 10)

    def forward(self, x):
        return self.output(self.lstm(x.reshape(-1, 8, 8))[0][:, -1])


class SelfAttention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.q_proj, self.k_proj, self.v_proj, self.out_proj = (nn.Linear(width, width) for _ in range(4))

    def forward(self, x):
        q, k, v = (m(x).unflatten(-1, (self.heads, -1)).transpose(-2, -3) for m in (self.q_proj, self.k_proj, self.v_proj))
        mask = torch.ones(x.shape[-2], x.shape[-2], dtype=torch.bool).triu(1)
        scores = (q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5).masked_fill(mask, float("-inf"))
        return self.out_proj((torch.softmax(scores, -1) @ v).transpose(-2, -3).flatten(-2))


class DecoderBlock(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention = SelfAttention(width, heads)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        return x + self.down(F.gelu(self.up(self.norm2(x))))


class TinyGpt(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed, self.position = nn.Embedding(11, 16), nn.Embedding(8, 16)
        self.blocks = nn.ModuleList([DecoderBlock(16, 2) for _ in range(2)])
        self.norm = nn.LayerNorm(16)

    def forward(self, token):
        x = self.embed(token) + self.position(torch.arange(8))
        for block in self.blocks:
            x = block(x)
        return (self.norm(x) @ self.embed.weight.t()).flatten(0, 1)

    @staticmethod
    def data():
        """Sequences of 8 of 11 tokens, and what follows each."""
        at = lambda row, t: (row * 7 + t * t + row % 5 * t) % 11
        tokens = torch.tensor([[at(row, t) for t in range(9)] for row in range(ROWS)])
        return tokens[:, :8], tokens[:, 1:]


class HeatNet(nn.Module):
    """u(x, t) by a network, trained towards u_t = 0.3 u_xx + source: a loss of derivatives with respect to inputs."""

    def __init__(self):
        super().__init__()
        self.first, self.second, self.last = nn.Linear(2, 12), nn.Linear(12, 12), nn.Linear(12, 1)

    @staticmethod
    def data():
        random = Lcg(2)
        points = array(random, (ROWS, 2), -1, 1)
        return points, array(random, (ROWS, 1), -1, 1)

    def loss(self, points, source):
        x, t = points[:, :1].clone().requires_grad_(True), points[:, 1:].clone().requires_grad_(True)
        u = self.last(torch.tanh(self.second(torch.tanh(self.first(torch.cat([x, t], -1))))))
        slope = lambda y, x: torch.autograd.grad(y.sum(), x, create_graph=True)[0]
        factor = float(torch.tensor(0.3, dtype=torch.float32))
        return (slope(u, t) - factor * slope(slope(u, x), x) - source).square().mean()


class PoolSlopeNet(nn.Module):
    """The slope of a max pooling is in the loss; as in tests/ModelGen.EndToEnd.Tests/Models/SecondOrderNets.cs."""

    def __init__(self):
        super().__init__()
        self.conv, self.output = nn.Conv2d(2, 4, 3, padding=1), nn.Linear(36, 3)

    @staticmethod
    def data():
        """The first 60 numbers of each image as two channels of 6 x 5."""
        images, _ = data()
        return images[:, :60].reshape(-1, 2, 6, 5), torch.tensor([i % 3 for i in range(ROWS)])

    def loss(self, image, label):
        image = image.clone().requires_grad_(True)
        scores = self.output(F.max_pool2d(torch.tanh(self.conv(image)), 3, stride=2, padding=1).square().flatten(1))
        (slope,) = torch.autograd.grad(torch.tanh(scores).sum(), image, create_graph=True)
        return F.cross_entropy(scores, label) + 10 * slope.square().mean()


class RecurrentSlopeNet(nn.Module):
    """The slope of recurrent layers is in the loss, one of them with lengths."""

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(3, 4, batch_first=True)
        self.gru = nn.GRU(4, 3, batch_first=True, bidirectional=True)
        self.rnn = nn.RNN(6, 3, batch_first=True)
        self.output = nn.Linear(3, 3)

    @staticmethod
    def data():
        """The first 24 numbers of each image as 8 steps; of row i, 1 + i % 8 count. Lengths and labels side by side."""
        images, _ = data()
        return images[:, :24].reshape(-1, 8, 3), torch.tensor([[1 + i % 8, i % 3] for i in range(ROWS)])

    def loss(self, x, given):
        x = x.clone().requires_grad_(True)
        packed = nn.utils.rnn.pack_padded_sequence(self.lstm(x)[0], given[:, 0], batch_first=True, enforce_sorted=False)
        y, _ = nn.utils.rnn.pad_packed_sequence(self.gru(packed)[0], batch_first=True, total_length=8)
        scores = self.output(self.rnn(y)[0].sum(1))
        (slope,) = torch.autograd.grad(scores.sum(), x, create_graph=True)
        return F.cross_entropy(scores, given[:, 1]) + (300 * slope).square().mean()


class AdversarialNet(nn.Module):
    """Two networks that are trained in turns; as in tests/ModelGen.EndToEnd.Tests/Models/SmallNets.cs."""

    def __init__(self):
        super().__init__()
        self.generator1, self.generator2 = nn.Linear(3, 8), nn.Linear(8, 4)
        self.critic1, self.critic2 = nn.Linear(4, 8), nn.Linear(8, 1)

    def generate(self, noise):
        return self.generator2(F.relu(self.generator1(noise)))

    def judge(self, x):
        return self.critic2(F.silu(self.critic1(x)))


def train_in_turns(optimizer):
    """The losses of both, in turns: critic, generator, critic, ..."""
    model = AdversarialNet().double()
    initialize(model)
    named = dict(model.named_parameters())
    of_critic = OPTIMIZERS[optimizer]([p for n, p in named.items() if n.startswith("critic")])
    of_generator = OPTIMIZERS[optimizer]([p for n, p in named.items() if n.startswith("generator")])
    random = Lcg(7)
    losses = []
    for _ in range(STEPS):
        real, noise, other = array(random, (BATCH, 4), 0.5, 1.5), array(random, (BATCH, 3), -1, 1), array(random, (BATCH, 3), -1, 1)
        of_critic.zero_grad()
        loss = (F.softplus(model.judge(model.generate(noise).detach())) + F.softplus(-model.judge(real))).mean()
        loss.backward()
        of_critic.step()
        losses.append(float(f"{loss.item():.12g}"))
        of_generator.zero_grad()
        loss = F.softplus(-model.judge(model.generate(other))).mean()
        loss.backward()
        of_generator.step()
        losses.append(float(f"{loss.item():.12g}"))
    return losses


OPTIMIZERS = {
    "Sgd": lambda p: torch.optim.SGD(p, lr=0.02, momentum=0.9),
    "Nesterov": lambda p: torch.optim.SGD(p, lr=0.02, momentum=0.9, weight_decay=1e-3, nesterov=True),
    "Adam": lambda p: torch.optim.Adam(p, lr=2e-3),
    "AdamW": lambda p: torch.optim.AdamW(p, lr=2e-3, weight_decay=0.05),
}


def train(model, optimizer):
    model = model.double()
    initialize(model)
    optimizer = OPTIMIZERS[optimizer](model.parameters())
    images, labels = getattr(model, "data", data)()
    losses = []
    for step in range(STEPS):
        first = step * BATCH % ROWS
        optimizer.zero_grad()
        x, y = images[first : first + BATCH], labels[first : first + BATCH]
        loss = model.loss(x, y) if hasattr(model, "loss") else F.cross_entropy(model(x), y.flatten())
        loss.backward()
        optimizer.step()
        losses.append(float(f"{loss.item():.12g}"))
    return losses


MODELS = {"Mlp": Mlp, "DoubleMlp": lambda: Mlp(torch.tanh), "SmallConvNet": SmallConvNet, "ResidualNet": ResidualNet, "LstmNet": LstmNet, "TinyGpt": TinyGpt, "HeatNet": HeatNet,
          "PoolSlopeNet": PoolSlopeNet, "RecurrentSlopeNet": RecurrentSlopeNet}

torch.set_num_threads(1)
curves = {f"{m} {o}": train(MODELS[m](), o) for m in MODELS for o in OPTIMIZERS}
curves |= {f"AdversarialNet {o}": train_in_turns(o) for o in OPTIMIZERS}
path = pathlib.Path(__file__).with_name("trajectories.json")
path.write_text("{\n" + ",\n".join(f'  "{name}": {json.dumps(curve)}' for name, curve in curves.items()) + "\n}\n")
for name, curve in curves.items():
    print(f"{name}: {curve[0]:.4f} -> {curve[-1]:.4f}")
