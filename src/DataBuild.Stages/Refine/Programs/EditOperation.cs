using System.Globalization;
using System.Text.Encodings.Web;

namespace DataBuild.Stages.Refine.Programs;

/// <summary>One operation of a strict program (RefineX, arXiv 2507.03253, table 1).</summary>
public abstract record EditOperation
{
    /// <summary>Deletes whole lines.</summary>
    /// <param name="Start">First line.</param>
    /// <param name="End">Last line.</param>
    public sealed record RemoveLines(int Start, int End) : EditOperation
    {
        /// <inheritdoc />
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"remove_lines(start={Start}, end={End})");
    }

    /// <summary>Deletes a string that occurs exactly once in a line; another one stays.</summary>
    /// <param name="Line">The line.</param>
    /// <param name="Text">The string.</param>
    public sealed record RemoveString(int Line, string Text) : EditOperation
    {
        /// <inheritdoc />
        public override string ToString() =>
            string.Create(CultureInfo.InvariantCulture, $"remove_str(line={Line}, del_str=\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(Text)}\")");
    }

    /// <summary>Leaves the document as it is.</summary>
    public sealed record Keep : EditOperation
    {
        /// <inheritdoc />
        public override string ToString() => "keep_all()";
    }

    /// <summary>Takes the document out.</summary>
    public sealed record Drop : EditOperation
    {
        /// <inheritdoc />
        public override string ToString() => "drop_doc()";
    }
}
