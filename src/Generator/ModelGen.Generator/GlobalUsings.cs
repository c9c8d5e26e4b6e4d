global using System.Collections.Immutable;
global using Microsoft.CodeAnalysis;
global using Microsoft.CodeAnalysis.Operations;
global using ModelGen.Compiler.Ir;
global using ModelGen.Compiler.Shapes;
global using ModelGen.Compiler.Spec;
