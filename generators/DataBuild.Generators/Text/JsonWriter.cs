using System.Globalization;
using System.Text;

namespace DataBuild.Generators.Text;

/// <summary>Writes compact JSON. A generator may bring no dependency along, so it has its own.</summary>
internal sealed class JsonWriter
{
    private readonly StringBuilder _text = new();
    private bool _needsComma;

    public void Open(char bracket)
    {
        Separate();
        _text.Append(bracket);
        _needsComma = false;
    }

    public void Close(char bracket)
    {
        _text.Append(bracket);
        _needsComma = true;
    }

    public JsonWriter Property(string name)
    {
        Text(name);
        _text.Append(':');
        _needsComma = false;
        return this;
    }

    public void Number(double value)
    {
        Separate();
        _text.Append(value.ToString("R", CultureInfo.InvariantCulture));
        _needsComma = true;
    }

    public void Flag(bool value)
    {
        Separate();
        _text.Append(value ? "true" : "false");
        _needsComma = true;
    }

    public void Text(string value)
    {
        Separate();
        _text.Append('"');
        foreach (char c in value)
        {
            _ = c switch
            {
                '"' => _text.Append("\\\""),
                '\\' => _text.Append("\\\\"),
                '\n' => _text.Append("\\n"),
                '\r' => _text.Append("\\r"),
                '\t' => _text.Append("\\t"),
                < ' ' => _text.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture)),
                _ => _text.Append(c),
            };
        }

        _text.Append('"');
        _needsComma = true;
    }

    public override string ToString() => _text.ToString();

    private void Separate()
    {
        if (_needsComma)
        {
            _text.Append(',');
        }
    }
}
