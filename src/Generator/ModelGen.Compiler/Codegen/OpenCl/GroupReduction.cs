namespace ModelGen.Compiler.Codegen.OpenCl;

/// <summary>
/// How the items of a work-group combine one value each: a tree in local memory, always in the same order, so that the same device type
/// gives the same bits. No atomics and no sub-groups, which differ from driver to driver.
/// </summary>
internal static class GroupReduction
{
    /// <summary>The name of the function that combines values of a kind over the group.</summary>
    public static string Function(ReductionKind kind) => kind switch { ReductionKind.Sum => "sum_of_group", ReductionKind.Max => "max_of_group", _ => "min_of_group" };

    /// <summary>Where a running result starts.</summary>
    public static double Start(ReductionKind kind) => kind switch { ReductionKind.Sum => 0, ReductionKind.Max => double.NegativeInfinity, _ => double.PositiveInfinity };

    /// <summary>The statement that takes a value in. A NaN stays: no comparison with it is true.</summary>
    public static string Combine(ReductionKind kind, string result, string value) => kind switch
    {
        ReductionKind.Sum => $"{result} += {value};",
        ReductionKind.Max => $"{result} = larger({result}, {value});",
        _ => $"{result} = smaller({result}, {value});",
    };

    static void EmitRounding(SourceWriter w, string kernels)
    {
        if (kernels.Contains("nearest_bfloat16("))
        {
            w.Line("// The nearest bfloat16, ties to even; a NaN stays.");
            using (w.Block("float nearest_bfloat16(float a)"))
            {
                w.Line("uint bits = as_uint(a);");
                w.Line("return isnan(a) ? a : as_float((bits + 0x7fffu + (bits >> 16 & 1u)) & 0xffff0000u);");
            }
            w.Line();
        }
        if (!kernels.Contains("nearest_float16(")) return;
        w.Line("// The nearest float16, ties to even.");
        using (w.Block("float nearest_float16(float a)"))
        {
            w.Line("ushort bits;");
            w.Line("vstore_half_rte(a, 0, (half*)&bits);");
            w.Line("return vload_half(0, (const half*)&bits);");
        }
        w.Line();
    }

    /// <summary>Prints the functions that <paramref name="kernels"/> call.</summary>
    public static void Emit(SourceWriter w, DType precision, string kernels)
    {
        var type = precision.CSharp();
        EmitRounding(w, kernels);
        foreach (var kind in new[] { ReductionKind.Sum, ReductionKind.Max, ReductionKind.Min })
        {
            bool isMax = kind == ReductionKind.Max;
            var pair = isMax ? "larger" : "smaller";
            bool usesGroup = kernels.Contains(Function(kind) + "(");
            if (kind != ReductionKind.Sum && (usesGroup || kernels.Contains(pair + "(")))
            {
                w.Line($"// The {pair} number; a NaN stays.");
                using (w.Block($"{type} {pair}({type} a, {type} b)")) w.Line($"return a {(isMax ? ">" : "<")} b || isnan(a) ? a : b;");
                w.Line();
            }
            if (!usesGroup) continue;
            w.Line($"// The {kind.ToString().ToLowerInvariant()} over the items of the group whose number has the same remainder by width (1: over all), for every item:");
            w.Line("// a tree in local memory, in a fixed order. All items of the group must come here.");
            using (w.Block($"{type} {Function(kind)}({type} value, __local {type}* partial, int width)"))
            {
                w.Line("int item = get_local_id(0);");
                w.Line("barrier(CLK_LOCAL_MEM_FENCE);   // the last result may still be read");
                w.Line("partial[item] = value;");
                using (w.Block("for (int half_size = get_local_size(0) / 2; half_size >= width; half_size /= 2)"))
                {
                    w.Line("barrier(CLK_LOCAL_MEM_FENCE);");
                    w.Line($"if (item < half_size) {Combine(kind, "partial[item]", "partial[item + half_size]")}");
                }
                w.Line("barrier(CLK_LOCAL_MEM_FENCE);");
                w.Line("return partial[item % width];");
            }
            w.Line();
        }
    }
}
