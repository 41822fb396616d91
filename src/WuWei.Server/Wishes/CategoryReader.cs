using WuWei.Errors;

namespace WuWei.Wishes;

/// <summary>Reads a category as a district's staff typed it, with all its faults at once.</summary>
public static class CategoryReader
{
    private const int CodeLengthMax = 32;
    private const int NameLengthMax = 20;
    private const int FieldsMax = 10;
    private const int Levels = 3;

    public static Category Read(Wire.Category wire, Guid id, Guid districtId, Guid? parentId)
    {
        var faults = new Faults();
        var name = faults.Text("category.name", wire.Name, 1, NameLengthMax);
        var position = faults.Range("category.position", wire.Position, 0, 9_999);
        if (!IsSlug(wire.Code))
        {
            faults.Add("category.code", $"小写字母、数字和连字符，最多 {CodeLengthMax} 个。");
        }

        var rules = parentId is null ? null : ReadRules(wire, faults);
        faults.ThrowIfAny("CATEGORY_INVALID", "类别有些内容没有填对，请检查。");
        return new Category(id, districtId, parentId, wire.Code, name, position, wire.Active, rules, Version: 1);
    }

    private static CategoryRules ReadRules(Wire.Category wire, Faults faults)
    {
        faults.Range("category.review_hours", wire.ReviewHours, 1, 720);
        faults.Range("category.delivery_days", wire.DeliveryDays, 1, 180);
        if (wire.EscalationHours.Count != Levels || wire.EscalationHours.Any(h => h is < 1 or > 2_160))
        {
            faults.Add("category.escalation_hours", "社区、街道、区三级，各 1 到 2160 小时。");
        }

        var claimers = wire.AllowedClaimers.Take(5).Select(k => Faults.EnumOf<ClaimerKind>((int)k)).ToList();
        if (claimers.Count == 0 || claimers.Contains(null) || claimers.Distinct().Count() < claimers.Count)
        {
            faults.Add("category.allowed_claimers", "至少选一种认领人，不要重复。");
        }

        if (wire.Fields.Count > FieldsMax || wire.Fields.DistinctBy(f => f.Key).Count() < wire.Fields.Count)
        {
            faults.Add("category.fields", $"最多 {FieldsMax} 项，名称不能重复。");
        }

        var fields = wire.Fields.Take(FieldsMax).Select((f, i) => ReadField(f, $"category.fields[{i}]", faults)).ToList();
        return new CategoryRules(
            wire.NeedsReview, wire.Sensitive, wire.ReviewHours, [.. wire.EscalationHours], wire.DeliveryDays,
            [.. claimers.Select(k => k ?? default)], fields);
    }

    private static CategoryField ReadField(Wire.CategoryField field, string path, Faults faults)
    {
        if (!IsSlug(field.Key))
        {
            faults.Add($"{path}.key", $"小写字母、数字和连字符，最多 {CodeLengthMax} 个。");
        }

        var label = faults.Text($"{path}.label", field.Label, 1, NameLengthMax);
        var kind = faults.Enum<FieldKind>($"{path}.kind", (int)field.Kind);

        var choices = field.Choices.Take(21).Select((c, i) => faults.Text($"{path}.choices[{i}]", c, 1, NameLengthMax))
            .ToList();
        if (kind == FieldKind.Choice ? choices.Count is < 2 or > 20 || choices.Distinct().Count() < choices.Count
            : choices.Count > 0)
        {
            faults.Add($"{path}.choices", "选择题要有 2 到 20 个不同的选项，其他类型不要选项。");
        }

        return new CategoryField(field.Key, label, kind, field.Required, choices);
    }

    private static bool IsSlug(string text) =>
        text.Length is > 0 and <= CodeLengthMax
        && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
