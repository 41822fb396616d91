namespace WuWei.ContentChecks;

/// <summary>Looks at texts and pictures, such as WeChat. May be slow; does not throw because it is away.</summary>
public interface IContentJudge
{
    Task<Judgement> JudgeTextAsync(ContentCheck check, string text, CancellationToken cancel);

    /// <param name="link">The path and query of a link to it at the public door.</param>
    Task<Judgement> JudgePictureAsync(ContentCheck check, string link, CancellationToken cancel);
}

public enum Opinion
{
    /// <summary>Its conditions do not hold for this piece.</summary>
    NotApplicable,

    /// <summary>No answer, or none that makes sense: maybe later.</summary>
    Away,
    Pass,
    Review,
    Risky,

    /// <summary>It says later what it thinks, under the trace.</summary>
    Later,
}

/// <param name="AppId">Of <paramref name="Trace"/>, which is good in one app only.</param>
public sealed record Judgement(Opinion Opinion, string AppId = "", string Trace = "");
