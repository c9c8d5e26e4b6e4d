using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.IO.Enumeration;
using ModelGen.Execution;

namespace ModelGen;

/// <summary>The tensors of a model by name, in the order in which they are stored: trained weights, frozen weights, state.</summary>
public sealed class ParameterSet : IReadOnlyList<Parameter>
{
    readonly Parameter[] parameters;
    readonly Dictionary<string, Parameter> byName;

    internal ParameterSet(ModelState state, ModelLayout layout)
    {
        State = state;
        parameters = layout.Parameters.Select(p => new Parameter(state, p)).ToArray();
        byName = parameters.ToDictionary(p => p.Name, StringComparer.Ordinal);
        foreach (var p in parameters) TotalCount += p.IsTrainable ? p.Length : 0;
    }

    internal ModelState State { get; }

    /// <summary>The number of tensors.</summary>
    public int Count => parameters.Length;

    /// <summary>The number of weights, frozen ones included, state not.</summary>
    public long TotalCount { get; }

    /// <summary>A tensor by position.</summary>
    public Parameter this[int index] => parameters[index];

    /// <summary>A tensor by name, for example <c>conv1.weight</c>.</summary>
    /// <exception cref="KeyNotFoundException">There is none of that name; the message lists near names.</exception>
    public Parameter this[string name] => byName.TryGetValue(name, out var parameter) ? parameter : throw new KeyNotFoundException(
        $"{State.ModelName} has no parameter '{name}'. {NearNames.Suggest(name, byName.Keys, "parameters")}");

    /// <summary>A tensor by name, if there is one.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out Parameter? parameter) => byName.TryGetValue(name, out parameter);

    /// <summary>
    /// Writes all tensors to a safetensors file of half the size, atomically: rounded to the nearest numbers of 16 bits, as models are passed on. To go on with a training,
    /// save the weights as they are (<c>model.Save</c>). <c>model.Load</c> reads both.
    /// </summary>
    /// <param name="path">The file to write or replace.</param>
    /// <param name="format">The elements of the file; <see cref="StorageFormat.Precision"/> rounds nothing.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such format.</exception>
    /// <exception cref="InvalidOperationException">A training call is running.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path, StorageFormat format) => State.Save(path, format);

    /// <summary>Draws the values of all parameters of some names again: <c>Initialize("*.weight", Initializer.XavierUniform())</c>.</summary>
    /// <param name="pattern">Names; <c>*</c> stands for any text, <c>?</c> for one character.</param>
    /// <param name="initializer">How.</param>
    /// <param name="seed">With each name, the seed of a random stream.</param>
    /// <returns>How many parameters were drawn.</returns>
    /// <exception cref="KeyNotFoundException">No parameter has such a name.</exception>
    /// <exception cref="ArgumentException">The initialiser needs a fan-in, and a tensor has fewer than two axes. Nothing was changed.</exception>
    /// <exception cref="InvalidOperationException">Another call is running. Nothing was changed.</exception>
    public int Initialize(string pattern, Initializer initializer, ulong seed = 0)
    {
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        ArgumentNullException.ThrowIfNull(initializer);
        var chosen = parameters.Where(p => p.IsTrainable && FileSystemName.MatchesSimpleExpression(pattern, p.Name, ignoreCase: false)).ToArray();
        if (chosen.Length == 0) throw new KeyNotFoundException($"{State.ModelName} has no parameter '{pattern}'. {NearNames.Suggest(pattern, byName.Keys, "parameters")}");
        // All are drawn before the first is written: a tensor that the initialiser refuses leaves the others as they are.
        var drawn = new (ParameterLayout Parameter, double[] Values)[chosen.Length];
        for (int i = 0; i < chosen.Length; i++)
        {
            try
            {
                drawn[i] = (chosen[i].Layout, chosen[i].Draw(initializer, seed));
            }
            catch (ArgumentException refused) when (chosen.Length > 1)
            {
                throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                    $"{refused.Message} It is one of {chosen.Length} parameters of {State.ModelName} that '{pattern}' stands for; none was changed. Choose fewer, such as \"*.weight\" for all but biases."), nameof(pattern), refused);
            }
        }
        State.WriteAll(drawn);
        return chosen.Length;
    }

    /// <summary>
    /// Takes the values of another set, running statistics included: <c>target.Parameters.CopyFrom(online.Parameters)</c> for a target network,
    /// <c>student.Parameters.CopyFrom(teacher.Parameters, to: "teacher")</c> for a teacher that is a layer here. Both may be sets of one model.
    /// </summary>
    /// <param name="source">Where the values are.</param>
    /// <param name="from">Only what is below this name in the source: <c>"encoder"</c> for <c>encoder.0.weight</c> and the like; empty for all.</param>
    /// <param name="to">The name in this set that stands for <paramref name="from"/>; empty for the whole set.</param>
    /// <returns>How many tensors were copied.</returns>
    /// <exception cref="ArgumentException">A tensor has no counterpart of the same shape, on either side. Nothing was changed.</exception>
    /// <exception cref="InvalidOperationException">Another call is running.</exception>
    public int CopyFrom(ParameterSet source, string from = "", string to = "") => MoveTowards(source, 1, from, to);

    /// <summary>
    /// Moves the values towards those of another set: w ← w + fraction · (source - w). A fraction of 0.005 after every step makes a slow copy (a soft target
    /// network, Lillicrap et al. 2016; an average of weights, Polyak and Juditsky 1992).
    /// </summary>
    /// <param name="source">Where the values are.</param>
    /// <param name="fraction">How far, in [0, 1].</param>
    /// <param name="from">Only what is below this name in the source; empty for all.</param>
    /// <param name="to">The name in this set that stands for <paramref name="from"/>; empty for the whole set.</param>
    /// <returns>How many tensors were moved.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The fraction is outside of [0, 1].</exception>
    /// <exception cref="ArgumentException">A tensor has no counterpart of the same shape, on either side. Nothing was changed.</exception>
    /// <exception cref="InvalidOperationException">Another call is running.</exception>
    public int MoveTowards(ParameterSet source, double fraction, string from = "", string to = "")
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        if (fraction is not (>= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(fraction), fraction, "'fraction' must lie in [0, 1].");
        var pairs = ParameterPairs.Match(source, from, this, to);
        State.Blend(source.State, pairs, fraction);
        return pairs.Count;
    }

    /// <summary>
    /// Adds what a <see cref="LoraLinear"/> has learnt to its base, W ← W + alpha / rank · B A, and sets B to 0: the layer computes what it did, and the base alone does, too. A plain model
    /// takes it over with <c>plain.Parameters.CopyFrom(tuned.Parameters, from: "head.base_layer", to: "head")</c>.
    /// </summary>
    /// <param name="layer">The layer's name, for example <c>head</c>.</param>
    /// <param name="alpha">The layer's alpha.</param>
    /// <exception cref="KeyNotFoundException">There is no such layer.</exception>
    /// <exception cref="ArgumentOutOfRangeException">alpha is not finite.</exception>
    /// <exception cref="InvalidOperationException">Another call is running.</exception>
    public void MergeLora(string layer, double alpha)
    {
        ArgumentException.ThrowIfNullOrEmpty(layer);
        if (!double.IsFinite(alpha)) throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "'alpha' must be finite.");
        Parameter weight = this[layer + ".base_layer.weight"], down = this[layer + ".lora_A.weight"], up = this[layer + ".lora_B.weight"];
        double[] w = weight.Values.ToDoubleArray(), a = down.Values.ToDoubleArray(), b = up.Values.ToDoubleArray();
        int rank = down.Shape[0], inputs = down.Shape[1];
        for (int i = 0; i < w.Length; i++)
            for (int r = 0; r < rank; r++) w[i] += alpha / rank * b[(i / inputs * rank) + r] * a[(r * inputs) + (i % inputs)];
        State.WriteAll([(weight.Layout, w), (up.Layout, new double[b.Length])]);
    }

    /// <summary>All tensors in order.</summary>
    public IEnumerator<Parameter> GetEnumerator() => ((IEnumerable<Parameter>)parameters).GetEnumerator();
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
