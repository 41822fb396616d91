namespace WuWei.Recommendations;

/// <summary>What speaks for something; numbered as in recommendations.proto.</summary>
public enum FitKind : byte
{
    AgeBand = 1,
    Offered,
    Skill,
    KeptSimilar,
    SameCommunity,
    SameStreet,
    Near,
    Remote,
    Brief,
    FreeTime,
    Waiting,
    FewOthers,
    HandsFree,
    WeekFree,
}

/// <summary>One thing that speaks for something, and how much. Nothing takes weight away.</summary>
/// <param name="Number">Metres, minutes, days or how many, as the kind says.</param>
public sealed record FitReason(FitKind Kind, int Number = 0, string Text = "")
{
    /// <summary>What waits so many days has waited long.</summary>
    public const int WaitingDaysMin = 3;

    /// <summary>微时间: what takes no longer is done in passing.</summary>
    public const int BriefMinutesMax = 30;

    private const int KeptManyMin = 3;

    /// <summary>Distances are known in these steps only.</summary>
    private static readonly int[] BandsMetres = [1_000, 3_000, 5_000];

    /// <summary>
    /// The weights. What is tagged for somebody's age goes before all that is not: 100 is more than the rest.
    /// </summary>
    public int Weight => Kind switch
    {
        FitKind.AgeBand => 100,
        FitKind.Offered => 30,
        FitKind.Skill => 25,
        FitKind.SameCommunity => 20,
        FitKind.KeptSimilar => Number >= KeptManyMin ? 15 : 10,
        FitKind.Near => 15 - (5 * Math.Max(0, Array.IndexOf(BandsMetres, Number))),
        FitKind.SameStreet or FitKind.Brief or FitKind.FreeTime or FitKind.HandsFree => 10,
        _ => 5,
    };

    /// <summary>The step that a distance is in; null beyond the last.</summary>
    public static FitReason? Near(int metres) =>
        Array.Find(BandsMetres, band => metres <= band) is var band and > 0 ? new(FitKind.Near, band) : null;

    public static FitReason? Brief(int minutes) =>
        minutes is > 0 and <= BriefMinutesMax ? new(FitKind.Brief, minutes) : null;
}
