using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace DataBuild.Stages.Generate.Code;

/// <summary>Edits of C# programs by Roslyn's semantic model: a model proposes names and lines, the compiler's view of the program says what they touch.</summary>
internal static class CSharpEdits
{
    /// <summary>Renames what the program itself declares.</summary>
    /// <param name="program">The program.</param>
    /// <param name="names">New names by old ones.</param>
    public static CodeEdit Rename(string program, IReadOnlyDictionary<string, string> names)
    {
        SyntaxTree tree = CSharpProgram.Parse(program);
        SemanticModel model = CSharpProgram.Compile([tree]).GetSemanticModel(tree);
        SyntaxToken[] identifiers = [.. tree.GetRoot().DescendantTokens(descendIntoTrivia: true).Where(t => t.IsKind(SyntaxKind.IdentifierToken))];
        HashSet<string> taken = [.. identifiers.Select(t => t.ValueText)];
        Dictionary<string, string> changed = names.Where(n => n.Key != n.Value).ToDictionary(StringComparer.Ordinal);
        if (changed.Count == 0)
        {
            return CodeEdit.Rejected("nothing_renamed");
        }

        if (changed.Values.Any(n => !SyntaxFacts.IsValidIdentifier(n) || SyntaxFacts.GetKeywordKind(n) != SyntaxKind.None))
        {
            return CodeEdit.Rejected("not_a_name");
        }

        // A name that occurs nowhere hides nothing and is hidden by nothing.
        if (changed.Values.Distinct(StringComparer.Ordinal).Count() < changed.Count || changed.Values.Any(taken.Contains))
        {
            return CodeEdit.Rejected("name_taken");
        }

        TextChange[] edits = [.. identifiers.Where(t => changed.ContainsKey(t.ValueText) && IsOfProgram(t, model)).Select(t => new TextChange(t.Span, changed[t.ValueText]))];
        HashSet<string> found = [.. edits.Select(e => tree.GetText().ToString(e.Span).TrimStart('@'))];
        return found.IsSupersetOf(changed.Keys) ? CodeEdit.Made(tree.GetText().WithChanges(edits).ToString()) : CodeEdit.Rejected("unknown_name");
    }

    /// <summary>Moves whole statements into a method of their own: what flows in becomes parameters, the one value that flows out becomes the result.</summary>
    /// <param name="program">The program.</param>
    /// <param name="firstLine">First line, from 1.</param>
    /// <param name="lastLine">Last line.</param>
    /// <param name="name">Name of the method.</param>
    public static CodeEdit Extract(string program, int firstLine, int lastLine, string name)
    {
        SyntaxTree tree = CSharpProgram.Parse(program);
        SourceText text = tree.GetText();
        if (firstLine < 1 || lastLine < firstLine || lastLine > text.Lines.Count)
        {
            return CodeEdit.Rejected("no_such_lines");
        }

        SyntaxNode root = tree.GetRoot();
        if (!SyntaxFacts.IsValidIdentifier(name) || root.DescendantTokens().Any(t => t.IsKind(SyntaxKind.IdentifierToken) && t.ValueText == name))
        {
            return CodeEdit.Rejected("name_taken");
        }

        TextSpan lines = TextSpan.FromBounds(text.Lines[firstLine - 1].Start, text.Lines[lastLine - 1].End);
        StatementSyntax[] statements = Statements(root, lines);
        if (statements.Length == 0)
        {
            return CodeEdit.Rejected("no_whole_statements");
        }

        SemanticModel model = CSharpProgram.Compile([tree]).GetSemanticModel(tree);
        ControlFlowAnalysis? control = model.AnalyzeControlFlow(statements[0], statements[^1]);
        DataFlowAnalysis? data = model.AnalyzeDataFlow(statements[0], statements[^1]);
        if (control is not { Succeeded: true } || data is not { Succeeded: true })
        {
            return CodeEdit.Rejected("does_not_compile");
        }

        if (control.ExitPoints.Length > 0 || control.ReturnStatements.Length > 0 || !control.EndPointIsReachable)
        {
            return CodeEdit.Rejected("leaves_the_lines");
        }

        ISymbol[] results = [.. data.DataFlowsOut];
        if (results.Length > 1 || statements[0].FirstAncestorOrSelf<MethodDeclarationSyntax>()?.TypeParameterList is not null)
        {
            return CodeEdit.Rejected("more_than_one_result");
        }

        return CodeEdit.Made(ExtractedText(text, statements, model, data, results.FirstOrDefault(), name));
    }

    /// <summary>Writes the plans of functions above them, a comment of at most four lines each.</summary>
    /// <param name="program">The program.</param>
    /// <param name="plans">Plans by name of method.</param>
    public static CodeEdit Comment(string program, IReadOnlyDictionary<string, string> plans)
    {
        SyntaxTree tree = CSharpProgram.Parse(program);
        SourceText text = tree.GetText();
        List<TextChange> edits = [];
        HashSet<string> found = [];
        foreach (SyntaxNode node in tree.GetRoot().DescendantNodes())
        {
            string? name = node switch
            {
                MethodDeclarationSyntax method => method.Identifier.ValueText,
                LocalFunctionStatementSyntax function => function.Identifier.ValueText,
                _ => null,
            };
            if (name is not null && plans.TryGetValue(name, out string? plan))
            {
                TextLine line = text.Lines.GetLineFromPosition(node.SpanStart);
                string indent = text.ToString(TextSpan.FromBounds(line.Start, node.SpanStart));
                string[] sentences = plan.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
                if (sentences.Length is 0 or > PythonProgram.MaxPlanLines || !string.IsNullOrWhiteSpace(indent))
                {
                    return CodeEdit.Rejected("no_plan");
                }

                found.Add(name);
                edits.Add(new TextChange(new TextSpan(line.Start, 0), string.Concat(sentences.Select(s => $"{indent}// {s}\n"))));
            }
        }

        return plans.Count == 0 ? CodeEdit.Rejected("no_plan") : found.Count < plans.Count ? CodeEdit.Rejected("unknown_name") : CodeEdit.Made(text.WithChanges(edits.OrderBy(e => e.Span.Start)).ToString());
    }

    private static bool IsOfProgram(SyntaxToken token, SemanticModel model)
    {
        SyntaxNode node = token.Parent!;
        ISymbol? symbol = model.GetDeclaredSymbol(node) ?? model.GetSymbolInfo(node).Symbol;
        return symbol is not null && symbol.Kind != SymbolKind.Namespace && symbol.Locations.Any(l => l.IsInSource);
    }

    // The statements of one list that lie wholly in the lines, where these hold nothing else.
    private static StatementSyntax[] Statements(SyntaxNode root, TextSpan lines)
    {
        foreach (SyntaxNode list in root.DescendantNodesAndSelf())
        {
            IEnumerable<StatementSyntax> all = list switch
            {
                BlockSyntax block => block.Statements,
                CompilationUnitSyntax unit => unit.Members.OfType<GlobalStatementSyntax>().Select(g => g.Statement),
                _ => [],
            };
            StatementSyntax[] within = [.. all.Where(s => lines.Contains(s.Span))];
            if (within.Length > 0 && !all.Except(within).Any(s => s.Span.OverlapsWith(lines)))
            {
                return within;
            }
        }

        return [];
    }

    private static string ExtractedText(SourceText text, StatementSyntax[] statements, SemanticModel model, DataFlowAnalysis data, ISymbol? result, string name)
    {
        int position = statements[0].SpanStart;
        MethodDeclarationSyntax? method = statements[0].FirstAncestorOrSelf<MethodDeclarationSyntax>();
        bool usesThis = data.ReadInside.Concat(data.WrittenInside).Any(s => s is IParameterSymbol { IsThis: true });
        ISymbol[] inputs = [.. data.DataFlowsIn.Where(s => s is not IParameterSymbol { IsThis: true })];
        bool isDeclaredInside = result is not null && data.VariablesDeclared.Contains(result, SymbolEqualityComparer.Default);

        // A result that is only written on some ways through the lines comes in too; one that always is, is declared anew.
        bool isDeclaredAgain = result is not null && !isDeclaredInside && !inputs.Contains(result, SymbolEqualityComparer.Default);
        string type = result is null ? "void" : TypeOf(result).ToMinimalDisplayString(model, position);
        string arguments = string.Join(", ", inputs.Select(s => s.Name));
        string parameters = string.Join(", ", inputs.Select(s => $"{TypeOf(s).ToMinimalDisplayString(model, position)} {s.Name}"));
        string call = result is null ? $"{name}({arguments});" : isDeclaredInside ? $"{type} {result.Name} = {name}({arguments});" : $"{result.Name} = {name}({arguments});";

        TextLine first = text.Lines.GetLineFromPosition(position);
        string indent = text.ToString(TextSpan.FromBounds(first.Start, position));
        TextSpan moved = TextSpan.FromBounds(position, statements[^1].Span.End);
        string home = method is null ? "" : Indent(text, method.SpanStart);
        List<string> body = [];
        if (isDeclaredAgain)
        {
            body.Add($"{type} {result!.Name};");
        }

        body.AddRange((indent + text.ToString(moved)).ReplaceLineEndings("\n").Split('\n').Select(l => l.StartsWith(indent, StringComparison.Ordinal) ? l[indent.Length..] : l.TrimStart()));
        if (result is not null)
        {
            body.Add($"return {result.Name};");
        }

        string declared = $"{home}{(method is null ? "" : "private ")}{(method is not null && usesThis ? "" : "static ")}{type} {name}({parameters})\n{home}{{\n"
            + string.Concat(body.Select(l => l.Length == 0 ? "\n" : $"{home}    {l}\n")) + $"{home}}}\n";
        int end = method is not null
            ? text.Lines.GetLineFromPosition(method.Span.End).EndIncludingLineBreak
            : text.Lines.GetLineFromPosition(((CompilationUnitSyntax)statements[0].SyntaxTree.GetRoot()).Members.OfType<GlobalStatementSyntax>().Last().Span.End).EndIncludingLineBreak;
        string before = end > 0 && text[end - 1] != '\n' ? "\n\n" : "\n";
        return text.WithChanges(new TextChange(moved, call), new TextChange(new TextSpan(end, 0), before + declared)).ToString();
    }

    private static string Indent(SourceText text, int position) => text.ToString(TextSpan.FromBounds(text.Lines.GetLineFromPosition(position).Start, position));

    private static ITypeSymbol TypeOf(ISymbol symbol) => symbol switch
    {
        ILocalSymbol local => local.Type,
        IParameterSymbol parameter => parameter.Type,
        _ => throw new InvalidOperationException($"'{symbol}' is no variable"),
    };
}
