"""Writes the networks of the inference workloads as ONNX files into the folder given. Random weights, fixed seed."""
import os
import sys

import torch

import networks as M

folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)
torch.manual_seed(0)


def save(name, model, x):
    torch.onnx.export(model.eval(), (x,), f"{folder}/{name}.onnx", input_names=["x"], output_names=["y"], dynamo=False, opset_version=17)


for b in (1, 64):
    save(f"W7_mlp_infer_b{b}", M.mlp(), torch.randn(b, 784))
    save(f"W7_cnn_infer_b{b}", M.cnn(), torch.randn(b, 1, 28, 28))
    save(f"W7_lenet_infer_b{b}", M.lenet(), torch.randn(b, 3, 32, 32))
heads = torch.randn(M.L, M.H, M.T - 1, M.D // M.H)
torch.onnx.export(M.GPTDecode(M.GPT()).eval(), (torch.zeros(1, 1, dtype=torch.long), heads, heads.clone()), f"{folder}/W7_gpt_decode.onnx",
                  input_names=["token", "keys", "values"], output_names=["y", "key", "value"], dynamo=False, opset_version=17)
save("W7_resnet18_b1", M.resnet18(), torch.randn(1, 3, 224, 224))
