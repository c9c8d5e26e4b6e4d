using ModelGen.EndToEnd.Tests.Harness;
using ModelGen.EndToEnd.Tests.Models;

namespace ModelGen.EndToEnd.Tests.Networks;

/// <summary>What layers promise beyond their formula.</summary>
public sealed class LayerTests
{
    static readonly float[] signals = [.. Enumerable.Range(0, 6 * 14).Select(i => MathF.Sin(i * 0.7f))];
    static readonly int[] labels = [0, 1, 2, 2, 1, 0];

    /// <summary>Training leaves the base alone; merged, the base computes what the layer did, and a plain layer can take it over.</summary>
    [Fact]
    public void An_adapted_layer_keeps_its_base_until_it_is_merged()
    {
        var net = new NormedNet();
        double[] given = net.Parameters["adapted.base_layer.weight"].Values.ToDoubleArray();
        Assert.True(net.Parameters["adapted.base_layer.weight"].IsFrozen);
        Assert.All(net.Parameters["adapted.lora_B.weight"].Values.ToDoubleArray(), v => Assert.Equal(0, v));
        var optimizer = new AdamW(0.05);
        float first = net.TrainStep(signals, labels, optimizer), last = 0;
        for (int i = 0; i < 50; i++) last = net.TrainStep(signals, labels, optimizer);
        Assert.True(last < 0.5 * first, $"{first} -> {last}");
        Near.SameBits(given, net.Parameters["adapted.base_layer.weight"].Values.ToDoubleArray(), "the base");

        float[] before = new float[18], after = new float[18];
        net.Predict(signals, before);
        net.Parameters.MergeLora("adapted", alpha: 4);
        net.Predict(signals, after);
        Near.Equal([.. before.Select(v => (double)v)], [.. after.Select(v => (double)v)], "merged");
        Assert.NotEqual(given, net.Parameters["adapted.base_layer.weight"].Values.ToDoubleArray());
        Assert.All(net.Parameters["adapted.lora_B.weight"].Values.ToDoubleArray(), v => Assert.Equal(0, v));
        Assert.Throws<KeyNotFoundException>(() => net.Parameters.MergeLora("hidden", 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => net.Parameters.MergeLora("adapted", double.NaN));
    }

    /// <summary>After some steps the kept vectors are singular, and what the weight is divided by is its largest singular value.</summary>
    [Fact]
    public void A_spectral_norm_finds_the_largest_singular_value()
    {
        var net = new NormedNet();
        var optimizer = new Sgd(0);
        for (int i = 0; i < 200; i++) net.TrainStep(signals, labels, optimizer);
        double[] w = net.Parameters["output.weight_orig"].Values.ToDoubleArray(), u = net.Parameters["output.weight_u"].Values.ToDoubleArray(), v = net.Parameters["output.weight_v"].Values.ToDoubleArray();
        double[] wv = [.. Enumerable.Range(0, 3).Select(r => Enumerable.Range(0, 5).Sum(c => w[(r * 5) + c] * v[c]))];
        double sigma = Math.Sqrt(wv.Sum(x => x * x));
        Near.Equal([.. u.Select(x => x * sigma)], wv, "W v = sigma u");
        // No other direction grows more.
        var random = new Random(1);
        for (int i = 0; i < 200; i++)
        {
            double[] d = [.. Enumerable.Range(0, 5).Select(_ => random.NextDouble() - 0.5)];
            double grown = Enumerable.Range(0, 3).Sum(r => Math.Pow(Enumerable.Range(0, 5).Sum(c => w[(r * 5) + c] * d[c]), 2));
            Assert.True(grown <= sigma * sigma * d.Sum(x => x * x) * 1.0001);
        }
    }

    /// <summary>What stands behind the end of a sequence has no influence on what stands before it.</summary>
    [Fact]
    public void Padding_is_not_seen()
    {
        Tensor x = new((float[])[.. Enumerable.Range(0, 40).Select(i => MathF.Sin(i))], 1, 5, 8), other = x + new Tensor((float[])[.. Enumerable.Range(0, 40).Select(i => i < 24 ? 0f : 3)], 1, 5, 8);
        var lengths = IntTensor.From(3);
        foreach (var (name, apply) in new (string, Func<Tensor, Tensor>)[]
        {
            ("SelfAttention", Layer(new SelfAttention(2), (l, t) => l.Forward(t, lengths))), ("LinearAttention", Layer(new LinearAttention(2), (l, t) => l.Forward(t, lengths))),
            ("TransformerEncoderLayer", Layer(new TransformerEncoderLayer(2, 12), (l, t) => l.Forward(t, lengths))), ("MultiheadAttention", Layer(new MultiheadAttention(2), (l, t) => l.Forward(x, t, t, lengths))),
        })
        {
            Near.SameBits(apply(x)[0, ..3].ToDoubleArray(), apply(other)[0, ..3].ToDoubleArray(), name);
        }
        Assert.NotEqual(x.Apply(new SelfAttention(2))[0, ..3].ToDoubleArray(), other.Apply(new SelfAttention(2))[0, ..3].ToDoubleArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => new SelfAttention(2).Forward(x, IntTensor.From(6)));

        static Func<Tensor, Tensor> Layer<T>(T layer, Func<T, Tensor, Tensor> forward) => t => forward(layer, t);
    }

    /// <summary>A mask without lengths: that of a causal attention.</summary>
    [Fact]
    public void A_mask_hides_what_causal_hides()
    {
        float hidden = float.NegativeInfinity;
        var x = new Tensor((float[])[.. Enumerable.Range(0, 2 * 3 * 8).Select(i => MathF.Cos(i))], 2, 3, 8);
        var mask = new Tensor((float[])[0, hidden, hidden, 0, 0, hidden, 0, 0, 0], 3, 3);
        Near.Equal(new MultiheadAttention(2) { Causal = true }.Forward(x, x, x).ToDoubleArray(), new MultiheadAttention(2).Forward(x, x, x, mask: mask).ToDoubleArray(), "causal");
    }
}
