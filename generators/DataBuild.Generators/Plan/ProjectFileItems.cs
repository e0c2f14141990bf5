using System.Text;
using System.Xml;
using DataBuild.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace DataBuild.Generators.Plan;

/// <summary>Metadata as written, with its place.</summary>
/// <param name="Name">Name.</param>
/// <param name="Value">Value, XML's escapes resolved.</param>
/// <param name="Location">Place of the attribute or of the element's name.</param>
/// <param name="Source">The attribute's source, from its name to its closing quote; empty for an element.</param>
internal sealed record WrittenMetadata(string Name, string Value, LocationInfo Location, string Source = "");

/// <summary>A <c>Stage</c> element as written.</summary>
/// <param name="Name">One name of its <c>Include</c> or <c>Update</c>.</param>
/// <param name="IsUpdate">True for <c>Update</c>.</param>
/// <param name="Location">Place of the attribute that holds the name.</param>
/// <param name="Metadata">Attributes and child elements.</param>
internal sealed record WrittenItem(string Name, bool IsUpdate, LocationInfo Location, EquatableArray<WrittenMetadata> Metadata);

/// <summary>Where the <c>Stage</c> and <c>Crawl</c> items of a project file stand.</summary>
/// <param name="Path">The file.</param>
/// <param name="Root">Place of the root element.</param>
/// <param name="Stages">Its stages in order.</param>
/// <param name="UnknownInputMetadata">Metadata of its inputs that nobody reads. Of a hundred thousand inputs no more is kept.</param>
internal sealed record ProjectFileItems(string Path, LocationInfo? Root, EquatableArray<WrittenItem> Stages, EquatableArray<WrittenMetadata> UnknownInputMetadata)
{
    private static readonly string[] ItemAttributes = ["Include", "Update", "Exclude", "Remove", "Condition", "Label", "KeepMetadata", "RemoveMetadata", "KeepDuplicates"];

    /// <summary>True for the name of a file that may hold items.</summary>
    public static bool IsProjectFile(AdditionalText file) =>
        file.Path.EndsWith("proj", StringComparison.OrdinalIgnoreCase)
        || file.Path.EndsWith(".props", StringComparison.OrdinalIgnoreCase)
        || file.Path.EndsWith(".targets", StringComparison.OrdinalIgnoreCase);

    public static ProjectFileItems Read(AdditionalText file, CancellationToken cancellation)
    {
        string text = file.GetText(cancellation)?.ToString() ?? "";
        int[] lines = LineStarts(text);
        List<WrittenItem> stages = [];
        List<WrittenMetadata> unknown = [];
        LocationInfo? root = null;
        using XmlReader reader = XmlReader.Create(new StringReader(text), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore, XmlResolver = null });
        IXmlLineInfo position = (IXmlLineInfo)reader;
        try
        {
            while (reader.Read())
            {
                if (reader.NodeType == XmlNodeType.Element && root is null)
                {
                    root = ElementLocation(file.Path, position, lines, reader.Name);
                }
                else if (reader.NodeType == XmlNodeType.Element && reader.LocalName.Equals("Stage", StringComparison.OrdinalIgnoreCase))
                {
                    stages.AddRange(ReadItem(reader, position, file.Path, text, lines));
                }
                else if (reader.NodeType == XmlNodeType.Element && reader.LocalName.Equals("Crawl", StringComparison.OrdinalIgnoreCase))
                {
                    ReadInput(reader, position, file.Path, text, lines, unknown);
                }
            }
        }
        catch (XmlException)
        {
            // MSBuild has reported the malformed file (MSB4025); in an editor, what stands before the error still has its places.
        }

        return new ProjectFileItems(file.Path, root, stages.ToEquatableArray(), unknown.ToEquatableArray());
    }

    private static IEnumerable<WrittenItem> ReadItem(XmlReader reader, IXmlLineInfo position, string path, string text, int[] lines)
    {
        string names = "";
        bool isUpdate = false;
        LocationInfo? location = null;
        List<WrittenMetadata> metadata = [];
        bool isEmpty = reader.IsEmptyElement;
        int depth = reader.Depth;
        for (bool more = reader.MoveToFirstAttribute(); more; more = reader.MoveToNextAttribute())
        {
            LocationInfo place = AttributeLocation(path, position, text, lines);
            if (reader.Name is "Include" or "Update")
            {
                names = reader.Value;
                isUpdate = reader.Name == "Update";
                location = place;
            }
            else if (!ItemAttributes.Contains(reader.Name, StringComparer.Ordinal))
            {
                metadata.Add(new WrittenMetadata(reader.Name, reader.Value, place, text.Substring(place.Span.Start, place.Span.Length)));
            }
        }

        reader.MoveToElement();
        if (!isEmpty)
        {
            ReadChildren(reader, position, path, lines, depth, metadata);
        }

        return location is null
            ? []
            : names.Split(';').Select(n => n.Trim()).Where(n => n.Length > 0).Select(n => new WrittenItem(n, isUpdate, location, metadata.ToEquatableArray()));
    }

    private static void ReadInput(XmlReader reader, IXmlLineInfo position, string path, string text, int[] lines, List<WrittenMetadata> unknown)
    {
        bool isEmpty = reader.IsEmptyElement;
        int depth = reader.Depth;
        for (bool more = reader.MoveToFirstAttribute(); more; more = reader.MoveToNextAttribute())
        {
            if (!ItemAttributes.Contains(reader.Name, StringComparer.Ordinal) && !InputChecker.IsKnown(reader.Name))
            {
                unknown.Add(new WrittenMetadata(reader.Name, reader.Value, AttributeLocation(path, position, text, lines)));
            }
        }

        reader.MoveToElement();
        if (!isEmpty)
        {
            List<WrittenMetadata> children = [];
            ReadChildren(reader, position, path, lines, depth, children);
            unknown.AddRange(children.Where(c => !InputChecker.IsKnown(c.Name)));
        }
    }

    private static void ReadChildren(XmlReader reader, IXmlLineInfo position, string path, int[] lines, int depth, List<WrittenMetadata> metadata)
    {
        string? name = null;
        LocationInfo? place = null;
        StringBuilder value = new();
        while (reader.Read() && reader.Depth > depth)
        {
            switch (reader.NodeType)
            {
                case XmlNodeType.Element when reader.Depth == depth + 1:
                    name = reader.Name;
                    place = ElementLocation(path, position, lines, name);
                    value.Clear();
                    if (reader.IsEmptyElement)
                    {
                        metadata.Add(new WrittenMetadata(name, "", place));
                    }

                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA:
                    value.Append(reader.Value);
                    break;
                case XmlNodeType.EndElement when reader.Depth == depth + 1:
                    metadata.Add(new WrittenMetadata(name!, value.ToString(), place!));
                    break;
            }
        }
    }

    private static LocationInfo ElementLocation(string path, IXmlLineInfo position, int[] lines, string name)
    {
        LinePosition start = new(position.LineNumber - 1, position.LinePosition - 1);
        return new LocationInfo(path, new TextSpan(lines[start.Line] + start.Character, name.Length), new LinePositionSpan(start, new LinePosition(start.Line, start.Character + name.Length)));
    }

    // From the attribute's name to its closing quote.
    private static LocationInfo AttributeLocation(string path, IXmlLineInfo position, string text, int[] lines)
    {
        LinePosition start = new(position.LineNumber - 1, position.LinePosition - 1);
        int offset = lines[start.Line] + start.Character;
        int open = text.IndexOfAny(['"', '\''], offset);
        int close = open < 0 ? -1 : text.IndexOf(text[open], open + 1);
        int end = close < 0 ? offset : close + 1;
        int endLine = start.Line;
        while (endLine + 1 < lines.Length && lines[endLine + 1] <= end)
        {
            endLine++;
        }

        return new LocationInfo(path, TextSpan.FromBounds(offset, end), new LinePositionSpan(start, new LinePosition(endLine, end - lines[endLine])));
    }

    // XML's idea of a line, which the reader counts by: CR LF, LF or CR.
    private static int[] LineStarts(string text)
    {
        List<int> starts = [0];
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\n' || (text[i] == '\r' && (i + 1 == text.Length || text[i + 1] != '\n')))
            {
                starts.Add(i + 1);
            }
        }

        return starts.ToArray();
    }
}
