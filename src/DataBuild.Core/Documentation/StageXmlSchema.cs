using System.Globalization;
using System.Text;

namespace DataBuild;

/// <summary>
/// Renders an XML schema (XSD 1.0, no namespace) that gives completion and documentation for <c>Stage</c> and <c>Crawl</c> items in project files.
/// Everything else in a project file is left to MSBuild: wildcards with lax processing let it pass, and still find these items inside.
/// </summary>
public static class StageXmlSchema
{
    private static readonly string[] ItemAttributes = ["Include", "Update", "Remove", "Exclude", "Condition", "Label", "Name", "Measure", "OnError"];

    /// <summary>The schema, with '\n' newlines.</summary>
    /// <param name="stages">Descriptors, in any order.</param>
    public static string Render(IReadOnlyList<StageDescriptor> stages)
    {
        StageDescriptor[] ordered = [.. stages.OrderBy(s => s.Name, StringComparer.Ordinal)];
        StringBuilder xml = new();
        xml.Append("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
        xml.Append("<!-- Generated from the stages' declarations; edit those. -->\n");
        xml.Append("<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" elementFormDefault=\"qualified\">\n");
        xml.Append("  <xs:element name=\"Project\">\n    <xs:complexType>\n");
        AppendWildcards(xml, "");
        xml.Append("    </xs:complexType>\n  </xs:element>\n");
        AppendItem(xml, "Crawl", "One input: WARC, WET, ARC, HTML, JSONL, Parquet, text.", () =>
        {
            AppendAttribute(xml, "Include", "File or pattern of files.", []);
            foreach ((string name, string meaning) in InputDocumentation.Metadata)
            {
                AppendAttribute(xml, name, meaning, []);
            }
        });
        AppendItem(xml, "Stage", "One step of the dataset; stages run in the order of their items.", () => AppendStageAttributes(xml, ordered));
        xml.Append("</xs:schema>\n");
        return xml.ToString();
    }

    private static void AppendStageAttributes(StringBuilder xml, StageDescriptor[] stages)
    {
        AppendAttribute(xml, "Include", "Name of the stage.", [.. stages.Select(s => (s.Name, s.Summary))]);
        AppendAttribute(xml, "Name", "Name of this use of the stage: first part of its columns' names.", []);
        AppendAttribute(xml, "Measure", "Which documents are measured.", [("WithText", ""), ("Kept", ""), ("All", "")]);
        AppendAttribute(xml, "OnError", "What happens when the stage throws on a document.", [("Fail", ""), ("Drop", "")]);

        // XSD 1.0 cannot let an attribute's type follow from another's value: an option says which stages have it.
        var options = stages.SelectMany(s => s.Options.Select(o => (Stage: s, Option: o))).GroupBy(o => o.Option.Name, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal);
        foreach (var option in options.Where(o => !ItemAttributes.Contains(o.Key, StringComparer.Ordinal)))
        {
            string summary = string.Join('\n', option.Select(o =>
                $"{o.Stage.Name}: {o.Option.Summary} {StageDocumentation.Values(o.Option).Replace("`", "", StringComparison.Ordinal)}{(o.Option.Default is { Length: > 0 } value ? $"; default {value}" : "")}"));
            (string, string)[] values = [.. option
                .SelectMany(o => o.Option.Kind == OptionKind.Boolean ? ["true", "false"] : o.Option.Choices)
                .Distinct(StringComparer.Ordinal).Select(c => (c, ""))];
            AppendAttribute(xml, option.Key, summary, values);
        }
    }

    private static void AppendItem(StringBuilder xml, string name, string summary, Action attributes)
    {
        xml.Append(CultureInfo.InvariantCulture, $"  <xs:element name=\"{name}\">\n");
        AppendDocumentation(xml, "    ", summary);
        xml.Append("    <xs:complexType mixed=\"true\">\n");
        xml.Append("      <xs:sequence>\n        <xs:any processContents=\"lax\" minOccurs=\"0\" maxOccurs=\"unbounded\" />\n      </xs:sequence>\n");
        attributes();
        xml.Append("      <xs:anyAttribute processContents=\"lax\" />\n    </xs:complexType>\n  </xs:element>\n");
    }

    private static void AppendWildcards(StringBuilder xml, string indent) => xml.Append(
        CultureInfo.InvariantCulture,
        $"{indent}      <xs:sequence>\n{indent}        <xs:any processContents=\"lax\" minOccurs=\"0\" maxOccurs=\"unbounded\" />\n{indent}      </xs:sequence>\n{indent}      <xs:anyAttribute processContents=\"lax\" />\n");

    // A value may also be a property, so names complete and do not restrict.
    private static void AppendAttribute(StringBuilder xml, string name, string summary, (string Value, string Summary)[] values)
    {
        if (values.Length == 0)
        {
            xml.Append(CultureInfo.InvariantCulture, $"      <xs:attribute name=\"{name}\" type=\"xs:string\">\n");
            AppendDocumentation(xml, "        ", summary);
            xml.Append("      </xs:attribute>\n");
            return;
        }

        xml.Append(CultureInfo.InvariantCulture, $"      <xs:attribute name=\"{name}\">\n");
        AppendDocumentation(xml, "        ", summary);
        xml.Append("        <xs:simpleType>\n          <xs:union memberTypes=\"xs:string\">\n            <xs:simpleType>\n              <xs:restriction base=\"xs:string\">\n");
        foreach ((string value, string meaning) in values)
        {
            if (meaning.Length == 0)
            {
                xml.Append(CultureInfo.InvariantCulture, $"                <xs:enumeration value=\"{Escape(value)}\" />\n");
                continue;
            }

            xml.Append(CultureInfo.InvariantCulture, $"                <xs:enumeration value=\"{Escape(value)}\">\n");
            AppendDocumentation(xml, "                  ", meaning);
            xml.Append("                </xs:enumeration>\n");
        }

        xml.Append("              </xs:restriction>\n            </xs:simpleType>\n          </xs:union>\n        </xs:simpleType>\n      </xs:attribute>\n");
    }

    private static void AppendDocumentation(StringBuilder xml, string indent, string text) =>
        xml.Append(CultureInfo.InvariantCulture, $"{indent}<xs:annotation><xs:documentation>{Escape(text)}</xs:documentation></xs:annotation>\n");

    private static string Escape(string text) => System.Security.SecurityElement.Escape(text);
}
