"""How long PyTorch takes from the start of the process to the end of the first training step of W1, eager: one line of JSON, as of ModelGen.Benchmarks --first-step.

Run it where setup.sh put PyTorch, several times: the first run reads the libraries from the disk.
"""
import json
import os
import resource
import time

import torch
import torch.nn.functional as F

import networks as M

torch.set_num_threads(1)
model = M.mlp()
optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
x, y = torch.randn(64, 784), torch.randint(10, (64,))
optimizer.zero_grad()
F.cross_entropy(model(x), y).backward()
optimizer.step()
# Field 22 of /proc/self/stat: ticks from the start of the machine to that of the process.
with open("/proc/self/stat") as f:
    started = float(f.read().rsplit(")", 1)[1].split()[19]) / os.sysconf("SC_CLK_TCK")
print(json.dumps({"workload": "W1_first_step", "threads": 1, "us": round((time.clock_gettime(time.CLOCK_BOOTTIME) - started) * 1e6),
                  "peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))
