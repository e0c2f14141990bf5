namespace DataBuild.Stages.Select;

/// <summary>Outcome of a stage that selects documents.</summary>
/// <param name="Order">Place in the order of selection in its group, from 1; none for what was not selected.</param>
[Figures]
public readonly partial record struct SelectionOutcome(int? Order);
