namespace ModelGen.Execution;

/// <summary>Where a tensor's logical elements lie in its storage, run by run.</summary>
internal readonly struct StorageOrder
{
    readonly int[] shape;
    readonly nint[] strides;   // of the logical axes

    public StorageOrder(ParameterLayout layout)
    {
        shape = layout.Shape;
        strides = new nint[shape.Length];
        nint step = 1;
        for (int i = shape.Length - 1; i >= 0; i--)
        {
            int axis = layout.StorageAxes[i];
            strides[axis] = step;
            step *= shape[axis];
        }
    }

    /// <summary>The place of logical element <paramref name="element"/>, and how many from there on lie <paramref name="stride"/> apart.</summary>
    public nint Run(int element, out int length, out nint stride)
    {
        (length, stride) = (1, 1);
        if (shape.Length == 0) return 0;
        int last = shape.Length - 1;
        (length, stride) = (shape[last] - (element % shape[last]), strides[last]);
        nint offset = 0;
        for (int axis = last; axis >= 0; axis--)
        {
            (element, int index) = Math.DivRem(element, shape[axis]);
            offset += index * strides[axis];
        }
        return offset;
    }
}
