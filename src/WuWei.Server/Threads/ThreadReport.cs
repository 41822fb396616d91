using Google.Protobuf.WellKnownTypes;
using WuWei.Privacy;

namespace WuWei.Threads;

/// <summary>What somebody told staff about a thread; as long as it is open, staff may read that.</summary>
public sealed record ThreadReport
{
    private const string ReasonColumn = "thread_report.reason";
    private const string AnswerColumn = "thread_report.answer";

    public Guid Id { get; init; }
    public Guid ThreadId { get; init; }
    public Guid WishId { get; init; }
    public Guid UnitId { get; init; }
    public Guid? MessageId { get; init; }
    public Guid ReporterId { get; init; }
    public string? ReporterName { get; init; }
    public ThreadSide Side { get; init; }
    public byte[] Reason { get; init; } = [];
    public DateTime MadeAt { get; init; }
    public DateTime? DecidedAt { get; init; }
    public Guid? DecidedBy { get; init; }
    public ReportOutcome? Outcome { get; init; }
    public byte[]? Answer { get; init; }

    public ThreadReport With(PersonalData data, string reason) =>
        this with { Reason = data.Seal(ReasonColumn, Id, reason) };

    public ThreadReport Decided(PersonalData data, ReportOutcome outcome, string answer, Guid by, DateTime now) => this with
    {
        Outcome = outcome,
        Answer = data.Seal(AnswerColumn, Id, answer),
        DecidedBy = by,
        DecidedAt = now,
    };

    public Wire.ThreadReport ToWire(PersonalData data) => new()
    {
        Id = $"{Id}",
        ThreadId = $"{ThreadId}",
        WishId = $"{WishId}",
        UnitId = $"{UnitId}",
        MessageId = $"{MessageId}",
        Side = (Wire.ThreadSide)Side,
        ReporterName = ReporterName ?? "",
        Reason = data.Open(ReasonColumn, Id, Reason),
        MadeAt = Timestamp.FromDateTime(MadeAt),
        DecidedAt = DecidedAt is { } at ? Timestamp.FromDateTime(at) : null,
        Outcome = (Wire.ReportOutcome)(Outcome ?? 0),
        Answer = Answer is null ? "" : data.Open(AnswerColumn, Id, Answer),
    };
}
