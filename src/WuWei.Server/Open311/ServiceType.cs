using WuWei.Wishes;

namespace WuWei.Open311;

/// <summary>
/// A kind of wish as Open311 lists it: a category of level 2, in the group of its category of level 1.
/// </summary>
public sealed record ServiceType(
    string Code, string Name, string Description, bool HasAttributes, IReadOnlyList<string> Keywords, string Group)
{
    /// <summary>Those that a district takes now, in the order it put them in.</summary>
    public static IEnumerable<ServiceType> In(CategoryBook book, Guid districtId) =>
        from category in book.Of(districtId)
        where IsTaken(category, book)
        let parent = book.Get(category.ParentId!.Value)
        orderby parent.Position, parent.Id, category.Position, category.Id
        let rules = category.Rules!
        select new ServiceType(
            category.Code, category.Name,
            $"{parent.Name}：{category.Name}。社区在 {rules.ReviewHours} 小时内审核，有人认领后 {rules.DeliveryDays} 天内办理。",
            rules.Fields.Count > 0, [parent.Name, category.Name], parent.Name);

    /// <summary>The category that a code means, if the district takes it now.</summary>
    public static Category Find(CategoryBook book, Guid districtId, string code) =>
        book.Find(districtId, code) is { } category && IsTaken(category, book) ? category : throw CategoryBook.Unknown();

    private static bool IsTaken(Category category, CategoryBook book) =>
        category is { Active: true, ParentId: { } parent, Rules: not null } && book.Get(parent).Active;
}

/// <summary>A question that a report of a kind answers.</summary>
/// <param name="Hint">How to answer it.</param>
/// <param name="Choices">Of a list, what may be chosen.</param>
public sealed record ServiceAttribute(
    string Code, string DataType, bool Required, string Hint, int Order, string Label, IReadOnlyList<string> Choices)
{
    public static IReadOnlyList<ServiceAttribute> Of(Category category) =>
    [
        .. category.Rules!.Fields.Select((field, i) => new ServiceAttribute(
            field.Key, DataTypeOf(field.Kind), field.Required, HintOf(field.Kind), i + 1, field.Label, field.Choices)),
    ];

    private static string DataTypeOf(FieldKind kind) => kind switch
    {
        FieldKind.Text => "string",
        FieldKind.Number => "number",
        FieldKind.Date => "datetime",
        FieldKind.Choice => "singlevaluelist",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Open311 has no such type."),
    };

    private static string HintOf(FieldKind kind) => kind switch
    {
        FieldKind.Text => "最多 200 个字。",
        FieldKind.Number => "整数。",
        FieldKind.Date => "日期，如 2026-05-01；带时刻的按北京时间取日期。",
        _ => "选择一项。",
    };
}
