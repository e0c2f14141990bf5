namespace DataBuild.Stages.Filter;

/// <summary>Whose reading of a published rule is meant, where the field's systems differ under one name. <c>docs/cleaning.md</c> lists the differences.</summary>
public enum FilterDialect
{
    /// <summary>DataTrove, which made FineWeb: words by Unicode boundaries, punctuation counted.</summary>
    Datatrove,

    /// <summary>DCLM, which made DCLM-baseline.</summary>
    Dclm,

    /// <summary>Dolma's taggers: words between white space, median word length.</summary>
    Dolma,

    /// <summary>NeMo Curator.</summary>
    Nemo,

    /// <summary>The words of the paper (Rae et al. 2021, appendix A.1.1; Raffel et al. 2020, section 2.2), read most plainly; C4 where they are silent as its published code.</summary>
    Paper,
}
