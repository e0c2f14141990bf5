using System.Xml;

namespace DataBuild.Tasks;

/// <summary>
/// Finds the line of each <c>Stage</c> item in the project file that defines it; MSBuild tells the file of an item and not its line.
/// </summary>
internal sealed class StageLocations
{
    private sealed record StageElement(string[] Includes, int Line);

    private readonly Dictionary<string, List<StageElement>> _elementsByFile = new(StringComparer.Ordinal);

    /// <summary>
    /// Gives every stage its line. Items of one name and file are matched in order; where a condition hides some of the elements the match
    /// would be a guess, and the line stays unknown.
    /// </summary>
    public PlannedStage[] Locate(PlannedStage[] stages)
    {
        PlannedStage[] located = [.. stages];
        foreach (IGrouping<(string, string), int> sameName in Enumerable.Range(0, stages.Length).GroupBy(i => (stages[i].DefinedIn, stages[i].Name)))
        {
            (string file, string name) = sameName.Key;
            List<StageElement> elements = [.. ElementsOf(file).Where(e => e.Includes.Contains(name, StringComparer.OrdinalIgnoreCase))];
            int[] items = [.. sameName];
            for (int i = 0; elements.Count == items.Length && i < items.Length; i++)
            {
                located[items[i]] = stages[items[i]] with { Line = elements[i].Line };
            }
        }

        return located;
    }

    private List<StageElement> ElementsOf(string file)
    {
        if (!_elementsByFile.TryGetValue(file, out List<StageElement>? elements))
        {
            _elementsByFile.Add(file, elements = File.Exists(file) ? Read(file) : []);
        }

        return elements;
    }

    private static List<StageElement> Read(string file)
    {
        List<StageElement> elements = [];
        using XmlReader reader = XmlReader.Create(file, new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore, XmlResolver = null });
        while (reader.Read())
        {
            if (reader.NodeType == XmlNodeType.Element && reader.LocalName == "Stage" && reader.GetAttribute("Include") is { } include)
            {
                string[] names = include.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
                elements.Add(new StageElement(names, ((IXmlLineInfo)reader).LineNumber));
            }
        }

        return elements;
    }
}
