using System.Globalization;
using WuWei.Errors;

namespace WuWei.Wishes;

/// <summary>Numbered as in categories.proto.</summary>
public enum ClaimerKind : byte
{
    PartyMember = 1,
    Volunteer,
    OrganisationMember,
    Neighbour,
}

/// <summary>Numbered as in categories.proto.</summary>
public enum FieldKind : byte
{
    Text = 1,
    Number,
    Date,
    Choice,
}

/// <summary>One extra question that a wish of a category answers.</summary>
public sealed record CategoryField(string Key, string Label, FieldKind Kind, bool Required, IReadOnlyList<string> Choices)
{
    private const int TextLengthMax = 200;
    private const int NumberMax = 1_000_000;

    /// <summary>What is wrong with an answer, or null.</summary>
    public string? Fault(string answer) => Kind switch
    {
        _ when answer.Length == 0 => Required ? $"请填写{Label}。" : null,
        FieldKind.Text => Faults.IsPlain(answer, lines: false) && Faults.Length(answer) <= TextLengthMax
            ? null
            : $"{Label}最多 {TextLengthMax} 个字。",
        FieldKind.Number => int.TryParse(answer, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number <= NumberMax
                ? null
                : $"{Label}应为 0 到 {NumberMax} 的整数。",
        FieldKind.Date => DateOnly.TryParseExact(
            answer, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)
                ? null
                : $"{Label}应为日期，如 2026-05-01。",
        _ => Choices.Contains(answer) ? null : $"请选择{Label}。",
    };
}

/// <summary>What a category of level 2 demands and allows.</summary>
/// <param name="EscalationHours">Hours at community, street and district.</param>
public sealed record CategoryRules(
    bool NeedsReview,
    bool Sensitive,
    int ReviewHours,
    IReadOnlyList<int> EscalationHours,
    int DeliveryDays,
    IReadOnlyList<ClaimerKind> AllowedClaimers,
    IReadOnlyList<CategoryField> Fields)
{
    /// <summary>Hours to wait at a level; the last one holds for all above.</summary>
    public int HoursAt(int level) => EscalationHours[Math.Min(level, EscalationHours.Count - 1)];

    /// <summary>The answers that the fields take, without empty ones.</summary>
    public Dictionary<string, string> ReadAnswers(IReadOnlyDictionary<string, string> answers)
    {
        var faults = new Faults();
        foreach (var key in answers.Keys.Where(k => Fields.All(f => f.Key != k)))
        {
            faults.Add("answers", $"没有“{(Faults.IsPlain(key, lines: false) && key.Length <= 32 ? key : "?")}”这一项。");
        }

        foreach (var field in Fields)
        {
            if (field.Fault(answers.GetValueOrDefault(field.Key, "")) is { } fault)
            {
                faults.Add($"answers.{field.Key}", fault);
            }
        }

        faults.ThrowIfAny("WISH_ANSWERS", "有些内容没有填对，请检查。");
        return Fields.Select(f => (f.Key, Answer: answers.GetValueOrDefault(f.Key, "")))
            .Where(a => a.Answer.Length > 0).ToDictionary(a => a.Key, a => a.Answer);
    }
}

/// <summary>A kind of wish that a district takes. Level 1 has no parent and no rules.</summary>
public sealed record Category(
    Guid Id, Guid DistrictId, Guid? ParentId, string Code, string Name, int Position, bool Active,
    CategoryRules? Rules, int Version)
{
    public const int CountMax = 200;
}
