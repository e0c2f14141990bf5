using System.Xml;
using System.Xml.Linq;

namespace DataBuild.Engine.Planning;

/// <summary>Where items stand in the project files that hold them. Files are read only when there is an error to place.</summary>
internal sealed class ItemPlaces
{
    private readonly Dictionary<string, XDocument?> _files = new(StringComparer.Ordinal);

    /// <summary>Line and column, from 1, of an option of a stage, or of the stage where no option is meant or it is written elsewhere; 0 where the place is not known.</summary>
    /// <param name="file">The file that holds the item.</param>
    /// <param name="item">The item.</param>
    /// <param name="isMeant">Told name and value of an option as written; says whether the error is about it.</param>
    public (int Line, int Column) OfStage(string file, StageItem item, Func<string, string, bool>? isMeant = null)
    {
        if (item.Line is not { } line || Read(file)?.Descendants().FirstOrDefault(e => e.Name.LocalName == "Stage" && ((IXmlLineInfo)e).LineNumber == line) is not { } stage)
        {
            return default;
        }

        IXmlLineInfo? option = isMeant is null ? null
            : (IXmlLineInfo?)stage.Attributes().FirstOrDefault(a => isMeant(a.Name.LocalName, a.Value)) ?? stage.Elements().FirstOrDefault(e => isMeant(e.Name.LocalName, e.Value));
        return Place(option ?? stage.Attribute("Include"));
    }

    /// <summary>Line and column, from 1, of an input that is named as it stands; 0 where it came of a pattern or a property.</summary>
    public (int Line, int Column) OfInput(string file, CrawlItem item) =>
        Place(Read(file)?.Descendants().Where(e => e.Name.LocalName == "Crawl").Attributes("Include").FirstOrDefault(a => a.Value.Split(';').Any(v => PlanResolver.Normalise(v.Trim()) == PlanResolver.Normalise(item.Include))));

    private static (int Line, int Column) Place(IXmlLineInfo? info) => info is null ? default : (info.LineNumber, info.LinePosition);

    private XDocument? Read(string file)
    {
        if (!_files.TryGetValue(file, out XDocument? document))
        {
            try
            {
                using XmlReader reader = XmlReader.Create(file, new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore, XmlResolver = null });
                document = XDocument.Load(reader, LoadOptions.SetLineInfo);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or XmlException)
            {
                // A file that was changed or removed since the build began: the error stands without its line.
                document = null;
            }

            _files.Add(file, document);
        }

        return document;
    }
}
