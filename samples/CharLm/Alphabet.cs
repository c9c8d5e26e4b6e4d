namespace CharLm;

/// <summary>The characters that the network knows: the end of a line, and ASCII from the space to the tilde.</summary>
static class Alphabet
{
    public const int Count = 1 + ('~' - ' ' + 1);

    /// <summary>The number of a character; null for one that is not in the alphabet.</summary>
    public static int? Number(char c) => c == '\n' ? 0 : c is >= ' ' and <= '~' ? c - ' ' + 1 : null;

    public static char Character(int number) => number == 0 ? '\n' : (char)(' ' + number - 1);

    /// <summary>A text as numbers. Characters that are not in the alphabet are left out.</summary>
    public static int[] Encode(string text) => [.. text.Select(Number).OfType<int>()];
}
