using System.Security.Cryptography;
using Google.Protobuf.WellKnownTypes;
using WuWei.Calls;
using WuWei.Privacy;

namespace WuWei.ContentChecks;

/// <summary>Checks on the wire, and what people said about them, which is sealed.</summary>
public static class ContentSight
{
    private const string ReasonColumn = "content_check.reason_text";
    private const string AppealColumn = "content_check.appeal_text";
    private const string AnswerColumn = "content_check.appeal_answer";

    public static byte[] SealReason(PersonalData data, ContentCheck check, string text) =>
        data.Seal(ReasonColumn, check.Id, text);

    public static byte[] SealAppeal(PersonalData data, ContentCheck check, string text) =>
        data.Seal(AppealColumn, check.Id, text);

    public static byte[] SealAnswer(PersonalData data, ContentCheck check, string text) =>
        data.Seal(AnswerColumn, check.Id, text);

    /// <summary>What its author was told last: why an appeal did not help, or why it was refused.</summary>
    public static string LastWord(ContentCheck check, PersonalData data) => check.AppealAnswer is { } answer
        ? Open(AnswerColumn, check, answer, data)
        : Open(ReasonColumn, check, check.ReasonText, data);

    /// <param name="content">Null when there is nothing any more.</param>
    public static Wire.ContentReview ToReview(
        this ContentCheck check, ContentToCheck? content, Caller caller, PersonalData data) => new()
        {
            Id = check.Id.ToString(),
            Version = check.Version,
            Kind = (Wire.ContentKind)check.Kind,
            ContentId = check.ContentId.ToString(),
            PartOf = check.PartOf.ToString(),
            UnitId = check.UnitId.ToString(),
            State = (Wire.ContentState)check.State,
            Finding = (Wire.ContentFinding)check.Finding,
            Word = WordList.Find(content?.Text ?? "") ?? "",
            Text = content?.Text ?? "",
            Picture = content?.Picture ?? "",
            Unreadable = content?.Unreadable ?? false,
            MadeAt = Time(check.MadeAt),
            QueuedAt = Time(check.QueuedAt),
            Reason = (Wire.RefusalReason)check.Reason,
            ReasonText = Open(ReasonColumn, check, check.ReasonText, data),
            Appeal = Open(AppealColumn, check, check.AppealText, data),
            Mine = check.AuthorId == caller.PersonId || check.DecidedBy == caller.PersonId,
        };

    public static Wire.MyContent ToMine(this ContentCheck check, PersonalData data, DateTime now) => new()
    {
        Id = check.Id.ToString(),
        Kind = (Wire.ContentKind)check.Kind,
        ContentId = check.ContentId.ToString(),
        PartOf = check.PartOf.ToString(),
        State = (Wire.ContentState)check.State,
        MadeAt = Time(check.MadeAt),
        DecidedAt = Time(check.DecidedAt),
        Reason = (Wire.RefusalReason)check.Reason,
        ReasonText = Open(ReasonColumn, check, check.ReasonText, data),
        AppealUntil = check.AppealUntil is { } until && until >= now ? Time(until) : null,
        AppealedAt = Time(check.AppealedAt),
        AppealDecidedAt = Time(check.AppealDecidedAt),
        AppealAnswer = Open(AnswerColumn, check, check.AppealAnswer, data),
    };

    /// <summary>What cannot be opened any more stands in nobody's way.</summary>
    private static string Open(string column, ContentCheck check, byte[]? value, PersonalData data)
    {
        try
        {
            return value is null ? "" : data.Open(column, check.Id, value);
        }
        catch (CryptographicException)
        {
            return "（内容已无法打开）";
        }
    }

    private static Timestamp? Time(DateTime? at) => at is { } time ? Timestamp.FromDateTime(time) : null;
}
