"""The networks of the benchmark (float32), as PyTorch modules: the same layers, sizes and initialisation as in ModelGen.Benchmarks/Models."""
import torch
import torch.nn as nn
import torch.nn.functional as F


def mlp():  # W1
    return nn.Sequential(nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, 10))


def cnn():  # W2
    return nn.Sequential(
        nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(3136, 128), nn.ReLU(), nn.Linear(128, 10))


def lenet():  # W3
    return nn.Sequential(
        nn.Conv2d(3, 6, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10))


def tiny():  # W6
    return nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 16), nn.Tanh(), nn.Linear(16, 3))


V, T, L, H, D = 65, 64, 4, 4, 128  # W4: vocabulary, block, layers, heads, width


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.ln1 = nn.LayerNorm(D, bias=False)
        self.qkv = nn.Linear(D, 3 * D, bias=False)
        self.proj = nn.Linear(D, D, bias=False)
        self.ln2 = nn.LayerNorm(D, bias=False)
        self.fc = nn.Linear(D, 4 * D, bias=False)
        self.out = nn.Linear(4 * D, D, bias=False)

    def forward(self, x):
        B, S, _ = x.shape
        q, k, v = self.qkv(self.ln1(x)).split(D, dim=2)
        q, k, v = (t.view(B, S, H, D // H).transpose(1, 2) for t in (q, k, v))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.proj(y.transpose(1, 2).reshape(B, S, D))
        return x + self.out(F.gelu(self.fc(self.ln2(x))))

    def decode(self, x, kc, vc, pos):  # x 1,1,D; kc, vc 1,H,T,D/H: written in place at pos
        q, k, v = self.qkv(self.ln1(x)).split(D, dim=2)
        q, k, v = (t.view(1, 1, H, D // H).transpose(1, 2) for t in (q, k, v))
        kc[:, :, pos:pos + 1] = k
        vc[:, :, pos:pos + 1] = v
        y = F.scaled_dot_product_attention(q, kc, vc)
        x = x + self.proj(y.transpose(1, 2).reshape(1, 1, D))
        return x + self.out(F.gelu(self.fc(self.ln2(x))))

    def decode_cat(self, x, kp, vp):  # for ONNX: past in (1,H,T-1,D/H), new key and value out
        q, k, v = self.qkv(self.ln1(x)).split(D, dim=2)
        q, k, v = (t.view(1, 1, H, D // H).transpose(1, 2) for t in (q, k, v))
        s = (q * (D // H) ** -0.5) @ torch.cat([kp, k], 2).transpose(2, 3)
        y = torch.softmax(s, -1) @ torch.cat([vp, v], 2)
        x = x + self.proj(y.transpose(1, 2).reshape(1, 1, D))
        return x + self.out(F.gelu(self.fc(self.ln2(x)))), k, v


class GPT(nn.Module):  # W4: pre-norm, no biases, tied embeddings, exact (erf) GELU, no dropout
    def __init__(self):
        super().__init__()
        self.wte = nn.Embedding(V, D)
        self.wpe = nn.Embedding(T, D)
        self.blocks = nn.ModuleList(Block() for _ in range(L))
        self.lnf = nn.LayerNorm(D, bias=False)
        for p in self.parameters():
            if p.dim() > 1:
                nn.init.normal_(p, std=0.02)

    def forward(self, idx):
        x = self.wte(idx) + self.wpe.weight[: idx.shape[1]]
        for b in self.blocks:
            x = b(x)
        return F.linear(self.lnf(x), self.wte.weight)

    def loss(self, idx, tgt):
        return F.cross_entropy(self(idx).view(-1, V), tgt.view(-1))

    def decode(self, idx, kc, vc, pos: int):  # idx 1,1
        x = self.wte(idx) + self.wpe.weight[pos:pos + 1]
        for i, b in enumerate(self.blocks):
            x = b.decode(x, kc[i], vc[i], pos)
        return F.linear(self.lnf(x), self.wte.weight)


class GPTDecode(nn.Module):  # ONNX shape of W4's decode: 63 cached positions, the 64th token in
    def __init__(self, g):
        super().__init__()
        self.g = g

    def forward(self, idx, kp, vp):  # kp, vp: L,H,T-1,D/H
        g = self.g
        x = g.wte(idx) + g.wpe.weight[T - 1:T]
        ks, vs = [], []
        for i, b in enumerate(g.blocks):
            x, k, v = b.decode_cat(x, kp[i:i + 1], vp[i:i + 1])
            ks.append(k)
            vs.append(v)
        return F.linear(g.lnf(x), g.wte.weight), torch.cat(ks), torch.cat(vs)


class LSTMNet(nn.Module):  # W5
    def __init__(self):
        super().__init__()
        self.rnn = nn.LSTM(28, 128, batch_first=True)
        self.fc = nn.Linear(128, 10)

    def forward(self, x):
        return self.fc(self.rnn(x)[0][:, -1])


class Basic(nn.Module):
    def __init__(self, i, o, s):
        super().__init__()
        self.c1 = nn.Conv2d(i, o, 3, s, 1, bias=False)
        self.b1 = nn.BatchNorm2d(o)
        self.c2 = nn.Conv2d(o, o, 3, 1, 1, bias=False)
        self.b2 = nn.BatchNorm2d(o)
        self.down = None if s == 1 and i == o else nn.Sequential(nn.Conv2d(i, o, 1, s, bias=False), nn.BatchNorm2d(o))

    def forward(self, x):
        r = x if self.down is None else self.down(x)
        return F.relu(self.b2(self.c2(F.relu(self.b1(self.c1(x))))) + r)


def resnet18():
    def layer(i, o, s):
        return nn.Sequential(Basic(i, o, s), Basic(o, o, 1))
    return nn.Sequential(
        nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(3, 2, 1),
        layer(64, 64, 1), layer(64, 128, 2), layer(128, 256, 2), layer(256, 512, 2),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 1000))
