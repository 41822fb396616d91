using WuWei.Errors;
using WuWei.Time;

namespace WuWei.Organization;

/// <summary>Reads what staff want changed; what the tree says to it is <see cref="UnitChange.DemandPossible"/>.</summary>
public static class UnitChangeReader
{
    private const int NameLengthMin = 2;
    private const int NameLengthMax = 60;
    private const int NewUnitsMax = 10;
    private const int CodesMax = 5;
    private const int ChildrenMax = 200;

    public static DateTime Day(string text, DateTime now)
    {
        var day = Faults.DayOf("effective_on", text);
        var today = Clock.Day(now);
        return day >= today && day <= today.AddDays(UnitChange.DaysAheadMax)
            ? day
            : throw Refuse.Invalid(
                "UNIT_CHANGE_DAY", $"生效日期要在今天到 {UnitChange.DaysAheadMax} 天之内。",
                new FieldFault("effective_on", "超出范围。"));
    }

    public static string Name(string text)
    {
        var faults = new Faults();
        var name = faults.Text("name", text, NameLengthMin, NameLengthMax);
        faults.ThrowIfAny("TEXT_LENGTH", $"名称需要 {NameLengthMin} 到 {NameLengthMax} 个字。");
        return name;
    }

    public static IReadOnlyList<Guid> Merged(Wire.MergeUnitsRequest request, Guid successorId)
    {
        var ids = request.UnitIds.Take(UnitChange.UnitsMax + 1).Select(id => Faults.IdOf("unit_ids", id)).ToList();
        return ids.Count is > 0 and <= UnitChange.UnitsMax && ids.Append(successorId).Distinct().Count() > ids.Count
            ? ids
            : throw Refuse.Invalid(
                "UNIT_CHANGE_UNITS", $"请选择 1 到 {UnitChange.UnitsMax} 个要并入的单位，不要重复。",
                new FieldFault("unit_ids", "数量不对或有重复。"));
    }

    /// <param name="newId">Ids in the order of the list, as which units are shown.</param>
    public static IReadOnlyList<NewUnit> NewUnits(Wire.SplitUnitRequest request, Func<Guid> newId)
    {
        var faults = new Faults();
        if (request.NewUnits.Count is < 2 or > NewUnitsMax)
        {
            faults.Add("new_units", $"需要 2 到 {NewUnitsMax} 个新单位。");
        }

        var ids = Enumerable.Range(0, NewUnitsMax).Select(_ => newId()).Order().ToList();
        var units = request.NewUnits.Take(NewUnitsMax)
            .Select((u, i) => Read(u, ids[i], $"new_units[{i}]", faults)).ToList();
        if (Repeats(units.SelectMany(u => u.Codes)) || Repeats(units.SelectMany(u => u.ChildIds)))
        {
            faults.Add("new_units", "代码或下级不能重复。");
        }

        faults.ThrowIfAny("UNIT_SPLIT", "新单位有些内容没有填对，请检查。");
        return units;
    }

    private static NewUnit Read(Wire.NewUnit wire, Guid id, string path, Faults faults)
    {
        if (wire.Codes.Count > CodesMax || Repeats(wire.Codes.Select(c => c.System)))
        {
            faults.Add($"{path}.codes", $"每个编码体系一个，最多 {CodesMax} 个。");
        }

        if (wire.Codes.Take(CodesMax).Any(c => !IsCode(c.System, 16) || !IsCode(c.Code, 32)))
        {
            faults.Add($"{path}.codes", "编码只能用字母、数字、点和连字符，体系最多 16 个，编码最多 32 个。");
        }

        if (wire.ChildIds.Count > ChildrenMax)
        {
            faults.Add($"{path}.child_ids", $"最多 {ChildrenMax} 个。");
        }

        return new NewUnit(
            id,
            faults.Text($"{path}.name", wire.Name, NameLengthMin, NameLengthMax),
            [.. wire.Codes.Take(CodesMax).Select(c => new UnitCode(c.System, c.Code))],
            [.. wire.ChildIds.Take(ChildrenMax).Select(c => faults.Id($"{path}.child_ids", c))]);
    }

    private static bool Repeats<T>(IEnumerable<T> values) => values.GroupBy(v => v).Any(g => g.Count() > 1);

    private static bool IsCode(string text, int lengthMax) =>
        text.Length > 0 && text.Length <= lengthMax && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-');
}
