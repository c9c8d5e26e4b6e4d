"""Optimizers, gradient clipping, parameter groups and learning-rate schedules of PyTorch, for tests/ModelGen.Runtime.Tests/Optimizers.

Run by hand with a Python that has torch (1.13 or later):

    python3 tests/golden/optimizers.py

Weights and gradients come from a linear congruential generator, the same as in tests/ModelGen.Testing/Lcg.cs, and everything is computed in double
precision. Lion, LAMB, Adafactor and Muon, which PyTorch 1.13 has not, are written out here from their papers; NAdam is written out as PyTorch 2 has it, because 1.13
multiplies the product of its momenta by the current one twice.
"""

import json
import math
import pathlib

import torch

STEPS, SHAPES = 20, {"w": (5, 7), "b": (3,)}


class Lcg:
    def __init__(self, seed):
        self.state = seed

    def next(self, low, high):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return low + (high - low) * ((self.state >> 32) / 4294967296.0)


def array(random, shape):
    return torch.tensor([random.next(-1, 1) for _ in range(math.prod(shape))], dtype=torch.float64).reshape(shape)


class NAdam(torch.optim.Optimizer):
    """torch.optim.NAdam of PyTorch 2 (Dozat, "Incorporating Nesterov Momentum into Adam", 2016)."""

    def __init__(self, params, lr, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0, momentum_decay=4e-3):
        super().__init__(params, dict(lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, momentum_decay=momentum_decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            for p in group["params"]:
                s = self.state[p]
                if not s:
                    s.update(t=0, product=1.0, m=torch.zeros_like(p), v=torch.zeros_like(p))
                s["t"] += 1
                g = p.grad + group["weight_decay"] * p
                mu = beta1 * (1 - 0.5 * 0.96 ** (s["t"] * group["momentum_decay"]))
                mu_next = beta1 * (1 - 0.5 * 0.96 ** ((s["t"] + 1) * group["momentum_decay"]))
                s["product"] *= mu
                s["m"].copy_(beta1 * s["m"] + (1 - beta1) * g)
                s["v"].copy_(beta2 * s["v"] + (1 - beta2) * g**2)
                denominator = (s["v"] / (1 - beta2 ** s["t"])).sqrt() + group["eps"]
                p.sub_(group["lr"] * (1 - mu) / (1 - s["product"]) * g / denominator)
                p.sub_(group["lr"] * mu_next / (1 - s["product"] * mu_next) * s["m"] / denominator)


class Lion(torch.optim.Optimizer):
    """Chen et al., "Symbolic Discovery of Optimization Algorithms", 2023, algorithm 2."""

    def __init__(self, params, lr, betas=(0.9, 0.99), weight_decay=0.0):
        super().__init__(params, dict(lr=lr, betas=betas, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            (beta1, beta2), lr = group["betas"], group["lr"]
            for p in group["params"]:
                m = self.state[p].setdefault("m", torch.zeros_like(p))
                update = torch.sign(beta1 * m + (1 - beta1) * p.grad)
                p.sub_(lr * (update + group["weight_decay"] * p))
                m.copy_(beta2 * m + (1 - beta2) * p.grad)


class Lamb(torch.optim.Optimizer):
    """You et al., "Large Batch Optimization for Deep Learning", 2020, algorithm 2 with the identity as phi."""

    def __init__(self, params, lr, betas=(0.9, 0.999), eps=1e-6, weight_decay=0.0):
        super().__init__(params, dict(lr=lr, betas=betas, eps=eps, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            for p in group["params"]:
                s = self.state[p]
                if not s:
                    s.update(t=0, m=torch.zeros_like(p), v=torch.zeros_like(p))
                s["t"] += 1
                s["m"].copy_(beta1 * s["m"] + (1 - beta1) * p.grad)
                s["v"].copy_(beta2 * s["v"] + (1 - beta2) * p.grad**2)
                m, v = s["m"] / (1 - beta1 ** s["t"]), s["v"] / (1 - beta2 ** s["t"])
                r = m / (v.sqrt() + group["eps"]) + group["weight_decay"] * p
                weight_norm, update_norm = p.norm(), r.norm()
                ratio = weight_norm / update_norm if weight_norm > 0 and update_norm > 0 else 1.0
                p.sub_(group["lr"] * ratio * r)


class Adafactor(torch.optim.Optimizer):
    """torch.optim.Adafactor of PyTorch 2.5 (Shazeer and Stern, "Adafactor", 2018)."""

    def __init__(self, params, lr=1e-2, beta2_decay=-0.8, eps2=1e-3, d=1.0, weight_decay=0.0):
        super().__init__(params, dict(lr=lr, beta2_decay=beta2_decay, eps2=eps2, d=d, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                s, g = self.state[p], p.grad
                eps1 = torch.finfo(p.dtype).eps
                if not s:
                    s.update(t=0, row=torch.zeros_like(p[..., :1]), column=torch.zeros_like(p[..., :1, :] if p.dim() > 1 else p))
                s["t"] += 1
                omega = s["t"] ** group["beta2_decay"]
                rate = min(group["lr"], s["t"] ** -0.5) * max(group["eps2"], (p.norm() / p.numel() ** 0.5).item())
                p.mul_(1 - group["lr"] * group["weight_decay"])
                if p.dim() > 1:
                    s["row"].lerp_((g**2).mean(-1, keepdim=True), omega)
                    s["column"].lerp_((g**2).mean(-2, keepdim=True), omega)
                    v = s["row"] @ s["column"] / s["row"].mean(-2, keepdim=True).clamp(min=eps1)
                else:
                    s["column"].lerp_(g**2, omega)
                    v = s["column"]
                u = g * v.clamp(min=eps1**2).rsqrt()
                p.sub_(rate / max(1.0, (u.norm() / (p.numel() ** 0.5 * group["d"])).item()) * u)


class Muon(torch.optim.Optimizer):
    """
    Muon (Jordan et al., "Muon", 2024; torch.optim.Muon of PyTorch 2.9) in the element type of the weights, with AdamW for what is no matrix; the
    size of its steps as in Liu et al., "Muon is Scalable for LLM Training", 2025, or as in the original.
    """

    def __init__(self, params, lr, momentum=0.95, weight_decay=0.1, nesterov=True, match=True, betas=(0.9, 0.95), eps=1e-8):
        super().__init__(params, dict(lr=lr, momentum=momentum, weight_decay=weight_decay, nesterov=nesterov, match=match, betas=betas, eps=eps))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                s = self.state[p]
                if not s:
                    s.update(t=0, m=torch.zeros_like(p), v=torch.zeros_like(p))
                s["t"] += 1
                p.mul_(1 - group["lr"] * group["weight_decay"])
                if p.dim() < 2:
                    beta1, beta2 = group["betas"]
                    s["m"].lerp_(p.grad, 1 - beta1)
                    s["v"].lerp_(p.grad**2, 1 - beta2)
                    m, v = s["m"] / (1 - beta1 ** s["t"]), s["v"] / (1 - beta2 ** s["t"])
                    p.sub_(group["lr"] * m / (v.sqrt() + group["eps"]))
                    continue
                s["m"].lerp_(p.grad, 1 - group["momentum"])
                u = p.grad.lerp(s["m"], group["momentum"]) if group["nesterov"] else s["m"]
                x = u.flatten(1) / u.norm().clamp(min=1e-7)
                rows, columns = x.shape
                if rows > columns:
                    x = x.t()
                for _ in range(5):
                    gram = x @ x.t()
                    x = 3.4445 * x + (-4.7750 * gram + 2.0315 * gram @ gram) @ x
                if rows > columns:
                    x = x.t()
                scale = 0.2 * max(rows, columns) ** 0.5 if group["match"] else max(1, rows / columns) ** 0.5
                p.sub_(group["lr"] * scale * x.reshape(p.shape))


O = torch.optim
OPTIMIZERS = {
    "Sgd": lambda p: O.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.01),
    "Adam": lambda p: O.Adam(p, lr=0.01, weight_decay=0.1),
    "AdamW": lambda p: O.AdamW(p, lr=0.01, weight_decay=0.1),
    "RmsProp": lambda p: O.RMSprop(p, lr=0.01, alpha=0.95, weight_decay=0.1),
    "RmsProp momentum": lambda p: O.RMSprop(p, lr=0.01, alpha=0.95, momentum=0.9),
    "RmsProp centered": lambda p: O.RMSprop(p, lr=0.01, alpha=0.95, momentum=0.5, centered=True),
    "Adagrad": lambda p: O.Adagrad(p, lr=0.1, lr_decay=0.01, weight_decay=0.1, initial_accumulator_value=0.2),
    "Adadelta": lambda p: O.Adadelta(p, lr=0.5, weight_decay=0.1),
    "Adamax": lambda p: O.Adamax(p, lr=0.01, weight_decay=0.1),
    "NAdam": lambda p: NAdam(p, lr=0.01, weight_decay=0.1),
    "RAdam": lambda p: O.RAdam(p, lr=0.01, weight_decay=0.1),
    "Lion": lambda p: Lion(p, lr=0.01, weight_decay=0.1),
    "Lamb": lambda p: Lamb(p, lr=0.01, weight_decay=0.1),
    "Adafactor": lambda p: Adafactor(p, lr=0.1, weight_decay=0.1),
    "Adafactor unclipped": lambda p: Adafactor(p, lr=0.1, beta2_decay=-0.5, d=3.0),
    "Muon": lambda p: Muon(p, lr=0.01),
    "Muon original": lambda p: Muon(p, lr=0.01, nesterov=False, match=False, weight_decay=0.0),
}


def train(create, clip=lambda p: None):
    """create: of a dictionary of parameters."""
    random = Lcg(1)
    parameters = {name: torch.nn.Parameter(array(random, shape)) for name, shape in SHAPES.items()}
    optimizer = create(parameters)
    random = Lcg(2)
    for _ in range(STEPS):
        for name, shape in SHAPES.items():
            parameters[name].grad = array(random, shape)
        clip(parameters.values())
        optimizer.step()
    return {name: [float(f"{v:.15g}") for v in p.detach().flatten().tolist()] for name, p in parameters.items()}


runs = {name: train(lambda p, create=create: create(p.values())) for name, create in OPTIMIZERS.items()}
runs["clip norm"] = train(lambda p: O.Adam(p.values(), lr=0.01), lambda p: torch.nn.utils.clip_grad_norm_(p, 0.5))
runs["clip value"] = train(lambda p: O.Adam(p.values(), lr=0.01), lambda p: torch.nn.utils.clip_grad_value_(p, 0.25))
runs["groups"] = train(lambda p: O.AdamW([{"params": [p["w"]], "lr": 0.1}, {"params": [p["b"]], "weight_decay": 0.0}], lr=0.01, weight_decay=0.1))

S = torch.optim.lr_scheduler
SCHEDULES = {
    "Step": lambda o: S.StepLR(o, 5, gamma=0.5),
    "MultiStep": lambda o: S.MultiStepLR(o, [3, 10, 11], gamma=0.1),
    "Exponential": lambda o: S.ExponentialLR(o, 0.9),
    "Cosine": lambda o: S.CosineAnnealingLR(o, 40, eta_min=0.02),
    "CosineRestarts": lambda o: S.CosineAnnealingWarmRestarts(o, 5, T_mult=2, eta_min=0.02),
    "Warmup": lambda o: S.LinearLR(o, start_factor=0.1, end_factor=1.0, total_iters=8),
    "Polynomial": lambda o: S.PolynomialLR(o, total_iters=15, power=2.0),
    "OneCycle": lambda o: S.OneCycleLR(o, max_lr=0.2, total_steps=40, pct_start=0.3, cycle_momentum=False),
    "Constant": lambda o: S.ConstantLR(o, factor=0.25, total_iters=6),
    "Lambda": lambda o: S.LambdaLR(o, lambda t: 1 / (1 + t)),
    "Sequential": lambda o: S.SequentialLR(o, [S.LinearLR(o, 0.1, 1.0, 6), S.ExponentialLR(o, 0.8)], milestones=[6]),
    "Cyclic": lambda o: S.CyclicLR(o, base_lr=0.02, max_lr=0.2, step_size_up=4, step_size_down=7, mode="triangular2", cycle_momentum=False),
    "Cyclic range": lambda o: S.CyclicLR(o, base_lr=0.02, max_lr=0.2, step_size_up=6, mode="exp_range", gamma=0.97, cycle_momentum=False),
    "Noam": lambda o: S.LambdaLR(o, lambda t: 6**0.5 * min((t + 1) ** -0.5, (t + 1) * 6**-1.5)),
    "InverseTime": lambda o: S.LambdaLR(o, lambda t: 1 / (1 + 0.5 * t / 3)),
    "Multiplicative": lambda o: S.MultiplicativeLR(o, lambda t: 1 - 0.5 / t),
    "ReduceOnPlateau": lambda o: S.ReduceLROnPlateau(o, factor=0.5, patience=2, cooldown=1, min_lr=0.01),
}


def losses():
    """A loss that falls, and then stays."""
    random = Lcg(3)
    return [max(1.0 - 0.1 * t, 0.4) + 0.01 * random.next(0, 1) for t in range(STEPS * 2)]


def rates(name, create):
    optimizer = O.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.2)
    schedule = create(optimizer)
    result = []
    for loss in losses():
        result.append(float(f"{optimizer.param_groups[0]['lr']:.15g}"))
        optimizer.step()
        if name == "ReduceOnPlateau":
            schedule.step(loss)
        elif not (name == "OneCycle" and len(result) == STEPS * 2):
            schedule.step()
    return result


def lbfgs(iterations, history):
    """Rosenbrock's function in as many dimensions as there are weights, from (-1.2, 1, -1.2, ...): evaluations, iterations, loss, weights."""
    x = torch.nn.Parameter(torch.tensor([-1.2 if i % 2 == 0 else 1.0 for i in range(38)], dtype=torch.float64))
    optimizer = O.LBFGS([x], max_iter=iterations, max_eval=10_000, history_size=history, line_search_fn="strong_wolfe")

    def loss():
        return (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()

    def closure():
        optimizer.zero_grad()
        value = loss()
        value.backward()
        return value

    optimizer.step(closure)
    state = optimizer.state[x]
    return [state["func_evals"], state["n_iter"], loss().item(), *x.detach().tolist()]


def lines(table):
    return "{\n" + ",\n".join(f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in table.items()) + "\n}\n"


folder = pathlib.Path(__file__).parent
(folder / "optimizers.json").write_text(lines(runs))
(folder / "schedules.json").write_text(lines({name: rates(name, create) for name, create in SCHEDULES.items()}))
(folder / "lbfgs.json").write_text(lines({f"{i} {h}": lbfgs(i, h) for i, h in [(1, 10), (2, 10), (5, 10), (12, 4), (25, 10), (25, 100)]}))
