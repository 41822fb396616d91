using WuWei.Errors;

namespace WuWei.Screens;

/// <summary>A screen in a hall.</summary>
public sealed record Screen
{
    public const int OfUnitMax = 50;

    public Guid Id { get; init; }
    public Guid UnitId { get; init; }
    public string Name { get; init; } = "";
    public DateTime AddedAt { get; init; }
    public DateTime? EndedAt { get; init; }

    public static RefusedException Unknown() => Refuse.Missing("SCREEN_UNKNOWN", "没有这块大屏。");
}
