namespace DataBuild.Stages.Refine.Programs;

/// <summary>How an edit program is read and run.</summary>
public enum EditDialect
{
    /// <summary>
    /// RefineX's operations with a real argument parser: <c>remove_lines</c>, <c>remove_str</c>, <c>keep_all</c>, <c>drop_doc</c>, <c>keep_doc</c>. They only delete. A
    /// program with a line that is none of them is not run at all.
    /// </summary>
    Strict,

    /// <summary>ProX's executor with all its quirks (GAIR-NLP/ProX, b3fcbb2, utils/chunk_utils.py and doc_utils.py): <c>remove_lines</c>, <c>normalize</c>, lines from 0.</summary>
    ProX,
}
