using ModelGen.Compiler.Shapes;

namespace ModelGen.Compiler.Tests;

/// <summary>Symbolic sizes: arithmetic, order and the code they become.</summary>
public sealed class DimTests
{
    static readonly Dim N = Dim.Symbol("N"), H = Dim.Symbol("H");

    [Fact]
    public void Equal_polynomials_are_one_size()
    {
        Assert.Equal((N + 1) * (N + 1), (N * N) + (2 * N) + 1);
        Assert.Equal("2*N + 1", ((2 * N) + 1).ToString());
        Assert.Equal(N * 3, (N * H * 6).DivideExactly(H * 2));
        Assert.Null((N + 1).DivideExactly(2));
    }

    [Fact]
    public void A_floor_division_is_opaque_until_it_is_bound()
    {
        var half = (H - 3).FloorDivide(2) + 1;
        Assert.Equal(["H"], half.Symbols);
        Assert.Equal(4, half.Evaluate(_ => 9));
        Assert.Equal(0, half.Evaluate(_ => 2));   // no window fits, which a division that rounds towards zero would hide
        Assert.Equal(N * 2, (N * 4).FloorDivide(2));
        Assert.Equal(-2, ((Dim)(-3)).FloorDivide(2).Value);
    }

    [Fact]
    public void Order_is_what_the_coefficients_show()
    {
        Assert.True((N * 2).DominatesOrEquals(N));
        Assert.True(N.DominatesOrEquals(Dim.One));
        Assert.False(N.DominatesOrEquals(2));
        Assert.False(N.DominatesOrEquals(H));
        Assert.False(N.FloorDivide(2).DominatesOrEquals(Dim.One));         // N may be 1
        Assert.True(N.FloorDivide(2).DominatesOrEquals(Dim.Zero));
        Assert.True(((N - 1).FloorDivide(2) + 1).DominatesOrEquals(Dim.One));
        Assert.False((N - 3).FloorDivide(2).DominatesOrEquals(-1));        // known to be at least -1, but not by its coefficients
    }

    [Fact]
    public void Code_rounds_down_where_the_numerator_may_be_negative()
    {
        Assert.Equal("((H) / 2)", H.FloorDivide(2).ToCode());
        Assert.Equal("((H - 3 - (H - 3 < 0 ? 1 : 0)) / 2) + 1", ((H - 3).FloorDivide(2) + 1).ToCode());
    }

    /// <summary>Products of int sizes pass 2^31 long before memory ends.</summary>
    [Fact]
    public void Every_product_of_long_code_begins_with_a_long_factor()
    {
        Assert.Equal("12", Dim.Of(12).ToLongCode());
        Assert.Equal("N", N.ToLongCode());
        Assert.Equal("64L * N", (N * 64).ToLongCode());
        Assert.Equal("-64L * H * N + 80L * N + 1", ((N * 80) - (N * H * 64) + 1).ToLongCode());
        Assert.Equal("1L * H * N", (N * H).ToLongCode());
        Assert.Equal("3L * N * ((1L * H + 2) / 2)", (N * (H + 2).FloorDivide(2) * 3).ToLongCode());
    }
}
