using System.Text;

namespace ModelGen.Compiler.Codegen;

/// <summary>Writes indented C#. A raw string of several lines is indented line by line.</summary>
internal sealed class SourceWriter
{
    readonly StringBuilder text = new();
    int indentation;

    public SourceWriter Line(string lines = "")
    {
        foreach (var line in lines.Split('\n'))
        {
            if (line.Length > 0) text.Append(' ', indentation * 4).Append(line);
            text.Append('\n');
        }
        return this;
    }

    /// <summary>A header, an opening brace, and the closing one on Dispose.</summary>
    public Scope Block(string header, string close = "}", string open = "{")
    {
        Line(header);
        return Braces(close, open);
    }

    /// <summary>A pair of braces.</summary>
    public Scope Braces(string close = "}", string open = "{")
    {
        Line(open);
        indentation++;
        return new Scope(this, close);
    }

    /// <summary>Deeper by one step, without braces.</summary>
    public Scope Indent()
    {
        indentation++;
        return new Scope(this, "");
    }

    public override string ToString() => indentation == 0 ? text.ToString() : throw new InvalidOperationException("A block of generated code was not closed.");

    public readonly struct Scope(SourceWriter writer, string close) : IDisposable
    {
        public void Dispose()
        {
            writer.indentation--;
            if (close.Length > 0) writer.Line(close);
        }
    }
}
