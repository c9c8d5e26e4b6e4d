global using ModelGen.Compiler.Ir;
global using ModelGen.Compiler.Shapes;
global using ModelGen.Compiler.Surface;
global using ModelGen.Compiler.Ops;
global using ModelGen.Compiler.Scheduling;
