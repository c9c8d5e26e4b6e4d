#!/usr/bin/env python3
"""Times ModelGen beside PyTorch and ONNX Runtime, in turns, and prints a table of ratios. After setup.sh, from anywhere:

    dotnet build -c Release benchmarks/ModelGen.Benchmarks
    benchmarks/peers/compare.py --threads 1 --rounds 5 W1 W2 W3 W6 W7

A round runs every contestant once. The table has the best sample of all rounds (what the machine can do when nothing disturbs it) and the median of the
rounds' medians; the ratio is ModelGen's best against the best peer's best, so that below 1 is faster than every peer.
"""
import argparse
import json
import os
import statistics
import subprocess

here = os.path.dirname(os.path.abspath(__file__))
parser = argparse.ArgumentParser()
parser.add_argument("workloads", nargs="*", default=["W"])
parser.add_argument("--threads", type=int, default=1)
parser.add_argument("--rounds", type=int, default=3)
parser.add_argument("--seconds", type=float, default=1)
parser.add_argument("--root", default="/opt/peers")
parser.add_argument("--compile", action="store_true", help="torch.compile too; it compiles for many minutes the first time, and keeps what it made")
parser.add_argument("--log", help="a file that all results are added to; the table then has all that it holds for this number of threads")
options = parser.parse_args()
INFERENCE = [f"W7_{n}_infer_b{b}" for n in ("mlp", "cnn", "lenet") for b in (1, 64)] + ["W7_gpt_decode", "W7_resnet18_b1"]


def run(command, **more):
    return [json.loads(l) for l in subprocess.run(command, capture_output=True, text=True, **more).stdout.splitlines() if l.startswith("{")]


def modelgen():
    program = f"{here}/../ModelGen.Benchmarks/bin/Release/net10.0/ModelGen.Benchmarks.dll"
    return run(["dotnet", program, "--threads", str(options.threads), "--seconds", str(options.seconds), "--workload", *options.workloads])


def torch(mode):
    t = options.threads
    # Without binding, both threads of OpenMP at times share one processor for the whole run.
    variables = f"OMP_NUM_THREADS={t} OPENBLAS_NUM_THREADS={t}" + (" OMP_PROC_BIND=true" if t > 1 else "")
    # torch.compile finds no vector instructions in Debian's PyTorch without sleef before it.
    preload = "LD_PRELOAD=" + ":".join("/usr/lib/x86_64-linux-gnu/" + l for l in ["libtcmalloc_minimal.so.4"] + ["libsleef.so.3"] * (mode == "compile"))
    environment = {k: v for k, v in os.environ.items() if not k.startswith("OPENBLAS_")}
    return run(["chroot", options.root, "sh", "-c", f"cd /bench && {variables} {preload} python3 time_torch.py --mode {mode} --threads {t} "
                f"--seconds {options.seconds} --only {','.join(options.workloads)}"], env=environment)


def onnxruntime():
    names = [n for n in INFERENCE if any(n.startswith(p) for p in options.workloads)]
    library = "/opt/ort/libonnxruntime.so.1"
    if not names or not os.path.exists(options.root + library):
        return []
    return run(["chroot", options.root, "/bench/time_onnxruntime", library, "/bench/onnx", str(options.threads), str(options.seconds), *names])


lines = []
for _ in range(options.rounds):
    compiled = [lambda: torch("compile")] if options.compile else []
    for contestant in (modelgen, lambda: torch("eager"), lambda: torch("fused"), *compiled, onnxruntime):
        measured = [line | {"threads": options.threads} for line in contestant()]
        lines += measured
        if options.log:
            with open(options.log, "a") as log:
                log.writelines(json.dumps(line) + "\n" for line in measured)
if options.log:
    with open(options.log) as log:
        lines = [line for line in map(json.loads, log) if line["threads"] == options.threads]

times = {}   # workload -> contestant -> (best of all samples, medians)
for line in lines:
    best, medians = times.setdefault(line["workload"], {}).setdefault(line.get("mode", "ModelGen"), ([], []))
    best.append(line["min"])
    medians.append(line["us"])

print(f"{options.threads} thread(s), microseconds: best sample (median of medians)\n")
print("| workload | ModelGen | best peer | | ratio of bests | of medians |\n| --- | ---: | ---: | --- | ---: | ---: |")
for workload, contestants in sorted(times.items()):
    if "ModelGen" not in contestants or len(contestants) < 2:
        continue
    own = (min(contestants["ModelGen"][0]), statistics.median(contestants["ModelGen"][1]))
    peer, name = min(((min(b), statistics.median(m)), n) for n, (b, m) in contestants.items() if n != "ModelGen")
    print(f"| {workload} | {own[0]:.1f} ({own[1]:.1f}) | {peer[0]:.1f} ({peer[1]:.1f}) | {name} | {own[0] / peer[0]:.2f} | {own[1] / peer[1]:.2f} |")
