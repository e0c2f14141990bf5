using System.Text;
using DataBuild.Stages.Extract.Html;
using Xunit.Abstractions;

namespace DataBuild.Tests.Extract;

/// <summary>The tree-construction cases of html5lib, the suite that browsers' parsers are held to.</summary>
public sealed class TreeConstructionTests(ITestOutputHelper output)
{
    private const int Passed = 1588;
    private const int Total = 1592;

    private const string Mirrored = "selectedcontent shows a copy of the chosen option, which browsers make; choices of forms are no text of a page";

    // Cases that fail, with the reason.
    private static readonly Dictionary<string, string> Exceptions = new(StringComparer.Ordinal)
    {
        ["<select><button><selectedcontent></button><option>X"] = Mirrored,
        ["<select><button><selectedcontent></button><option>x<i>i<b>ib</i>b"] = Mirrored,
        ["<select><button><selectedcontent></button><option>X<option>Y"] = Mirrored,
        ["<select><button><selectedcontent></button><option>X<option selected>Y"] = Mirrored,
    };

    // The tree keeps names in lower case; the standard writes these in mixed case inside SVG.
    private static readonly Dictionary<string, string> SvgTags = new[]
    {
        "altGlyph", "altGlyphDef", "altGlyphItem", "animateColor", "animateMotion", "animateTransform", "clipPath", "feBlend", "feColorMatrix",
        "feComponentTransfer", "feComposite", "feConvolveMatrix", "feDiffuseLighting", "feDisplacementMap", "feDistantLight", "feFlood", "feFuncA",
        "feFuncB", "feFuncG", "feFuncR", "feGaussianBlur", "feImage", "feMerge", "feMergeNode", "feMorphology", "feOffset", "fePointLight",
        "feSpecularLighting", "feSpotLight", "feTile", "feTurbulence", "foreignObject", "glyphRef", "linearGradient", "radialGradient", "textPath",
    }.ToDictionary(n => n.ToLowerInvariant());

    private static readonly Dictionary<string, string> SvgAttributes = new[]
    {
        "attributeName", "attributeType", "baseFrequency", "baseProfile", "calcMode", "clipPathUnits", "diffuseConstant", "edgeMode", "filterUnits",
        "glyphRef", "gradientTransform", "gradientUnits", "kernelMatrix", "kernelUnitLength", "keyPoints", "keySplines", "keyTimes", "lengthAdjust",
        "limitingConeAngle", "markerHeight", "markerUnits", "markerWidth", "maskContentUnits", "maskUnits", "numOctaves", "pathLength",
        "patternContentUnits", "patternTransform", "patternUnits", "pointsAtX", "pointsAtY", "pointsAtZ", "preserveAlpha", "preserveAspectRatio",
        "primitiveUnits", "refX", "refY", "repeatCount", "repeatDur", "requiredExtensions", "requiredFeatures", "specularConstant",
        "specularExponent", "spreadMethod", "startOffset", "stdDeviation", "stitchTiles", "surfaceScale", "systemLanguage", "tableValues", "targetX",
        "targetY", "textLength", "viewBox", "viewTarget", "xChannelSelector", "yChannelSelector", "zoomAndPan",
    }.ToDictionary(n => n.ToLowerInvariant());

    [SkippableFact]
    public void ParserBuildsTheTreesOfHtml5Lib()
    {
        string folder = TestPaths.Shared("data/conformance/html5lib-tests/tree-construction");
        int passed = 0;
        int total = 0;
        List<string> failed = [];
        foreach (string file in Directory.GetFiles(folder, "*.dat").Order(StringComparer.Ordinal))
        {
            foreach ((string data, string expected) in Cases(File.ReadAllText(file)))
            {
                total++;
                string actual = Dump(data);
                if (actual == expected)
                {
                    passed++;
                }
                else if (!Exceptions.ContainsKey(data))
                {
                    failed.Add($"{Path.GetFileName(file)}: {data}\nexpected\n{expected}\nactual\n{actual}\n");
                }
            }
        }

        output.WriteLine($"{passed} of {total} cases pass");
        Assert.True(failed.Count == 0, $"{failed.Count} unlisted cases fail\n" + string.Join('\n', failed));
        Assert.Equal((Passed, Total), (passed, total));
    }

    /// <summary>The cases of a file that are documents without scripting.</summary>
    internal static IEnumerable<(string Data, string Expected)> Cases(string text)
    {
        foreach (string part in ("\n" + text).Split("\n#data\n").Skip(1))
        {
            int errors = part.IndexOf("\n#errors", StringComparison.Ordinal);
            int document = part.IndexOf("\n#document\n", StringComparison.Ordinal);

            // Fragments and scripted documents are not what a page is.
            if (errors < 0 || document < 0 || part.Contains("\n#document-fragment", StringComparison.Ordinal)
                || part.Contains("\n#script-on", StringComparison.Ordinal))
            {
                continue;
            }

            string data = part.StartsWith("#errors", StringComparison.Ordinal) ? "" : part[..errors];
            yield return (data, part[(document + 11)..].TrimEnd('\n'));
        }
    }

    private static string Dump(string data)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(data.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n'));
        HtmlTree tree = new();
        tree.Reset(bytes.Length);
        bytes.CopyTo(tree.Text, 0);
        new HtmlTreeBuilder(tree).Parse(100_000, 512, keepComments: true);
        StringBuilder dump = new();
        DumpChildren(tree, 0, 0, dump);
        return dump.ToString().TrimEnd('\n');
    }

    private static void DumpChildren(HtmlTree tree, int parent, int depth, StringBuilder dump)
    {
        string indent = "| " + new string(' ', depth * 2);
        for (int node = tree[parent].FirstChild; node != 0; node = tree[node].NextSibling)
        {
            switch (tree[node].Kind)
            {
                case HtmlNodeKind.Text:
                    dump.Append(indent).Append('"');
                    while (true)
                    {
                        dump.Append(Encoding.UTF8.GetString(tree.TextOf(node)));
                        int next = tree[node].NextSibling;
                        if (next == 0 || tree[next].Kind != HtmlNodeKind.Text)
                        {
                            break;
                        }

                        node = next;
                    }

                    dump.Append("\"\n");
                    break;
                case HtmlNodeKind.Comment:
                    dump.Append(indent).Append("<!-- ").Append(Encoding.UTF8.GetString(tree.TextOf(node))).Append(" -->\n");
                    break;
                case HtmlNodeKind.Doctype:
                    dump.Append(indent).Append("<!DOCTYPE ").Append(Encoding.UTF8.GetString(tree.TextOf(node))).Append(">\n");
                    break;
                default:
                    DumpElement(tree, node, depth, indent, dump);
                    break;
            }
        }
    }

    private static void DumpElement(HtmlTree tree, int node, int depth, string indent, StringBuilder dump)
    {
        string name = Encoding.UTF8.GetString(tree.NameOf(node));
        string prefix = tree[node].Namespace switch { HtmlNamespace.Svg => "svg ", HtmlNamespace.MathMl => "math ", _ => "" };
        if (prefix == "svg " && SvgTags.TryGetValue(name, out string? adjusted))
        {
            name = adjusted;
        }

        dump.Append(indent).Append('<').Append(prefix).Append(name).Append(">\n");
        List<string> attributes = [];
        foreach (HtmlAttribute a in tree.AttributesOf(node))
        {
            string attributeName = Encoding.UTF8.GetString(tree.Range(a.NameStart, a.NameLength));
            if (prefix.Length > 0 && (attributeName.StartsWith("xlink:", StringComparison.Ordinal) || attributeName is "xml:lang" or "xml:space"))
            {
                attributeName = attributeName.Replace(':', ' ');
            }
            else if (prefix == "math " && attributeName == "definitionurl")
            {
                attributeName = "definitionURL";
            }
            else if (prefix == "svg " && SvgAttributes.TryGetValue(attributeName, out string? mixed))
            {
                attributeName = mixed;
            }

            attributes.Add($"{indent}  {attributeName}=\"{Encoding.UTF8.GetString(tree.Range(a.ValueStart, a.ValueLength))}\"\n");
        }

        foreach (string attribute in attributes.Order(StringComparer.Ordinal))
        {
            dump.Append(attribute);
        }

        if (tree[node].Tag == HtmlTag.Template && prefix.Length == 0)
        {
            dump.Append(indent).Append("  content\n");
            DumpChildren(tree, node, depth + 2, dump);
        }
        else
        {
            DumpChildren(tree, node, depth + 1, dump);
        }
    }
}
