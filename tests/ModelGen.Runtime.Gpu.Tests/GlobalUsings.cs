global using ModelGen.Gpu;
