using System.Globalization;
using WuWei.Errors;
using WuWei.Organization;
using WuWei.Places;
using WuWei.Time;
using WuWei.Wishes;

namespace WuWei.Open311;

/// <summary>The fields of a report in the order they came, some of them several times.</summary>
public sealed record ReportForm(IReadOnlyList<KeyValuePair<string, string>> Fields)
{
    /// <summary>The field that says whose report it is.</summary>
    public const string ApiKey = "api_key";

    private const string Start = "attribute[";

    /// <summary>The last value of a field, trimmed; empty when it is not there.</summary>
    public string this[string name] => Fields.LastOrDefault(f => f.Key == name).Value?.Trim() ?? "";

    /// <summary>What was answered to each question: <c>attribute[code]</c>, or <c>attribute[code][]</c>.</summary>
    public ILookup<string, string> Attributes() => Fields
        .Where(f => f.Key.StartsWith(Start, StringComparison.Ordinal) && f.Key.EndsWith(']'))
        .ToLookup(f => f.Key[Start.Length..].TrimEnd('[', ']'), f => f.Value.Trim());
}

/// <summary>Reads a report as the wish that it asks for.</summary>
public static class Report
{
    /// <summary>Nobody says how long it takes.</summary>
    private const int EffortMinutes = 60;

    private static readonly string[] SentenceEnds = ["\n", "。", "！", "？", "；"];

    public static Wire.MakeWishRequest Read(ReportForm form, Unit unit, Category category)
    {
        var faults = new Faults();
        var description = Faults.Tidy(form["description"]);
        var request = new Wire.MakeWishRequest
        {
            UnitId = $"{unit.Id}",
            CategoryId = $"{category.Id}",
            Title = form["title"] is { Length: > 0 } title ? title : TitleOf(description),
            Text = description,
            EffortMinutes = EffortMinutes,
            Origin = Wire.WishOrigin.Partner,
            Visibility = form["visibility"] switch
            {
                "" or "public" => Wire.WishVisibility.Public,
                "private" => Wire.WishVisibility.Private,
                _ => Wrong<Wire.WishVisibility>(faults, "visibility", "应为 public 或 private。"),
            },
            Point = ReadPoint(form, faults),
            Contact = ReadContact(form, unit, faults),
        };
        if (request.Contact is { } contact && Faults.IsMobile(contact.Phone))
        {
            request.Beneficiary = new()
            {
                Name = contact.Name,
                Phone = contact.Phone,
                Consent = form["consent"] switch
                {
                    "" or "by_phone" => Wire.Consent.ByPhone,
                    "in_person" => Wire.Consent.InPerson,
                    "written" => Wire.Consent.Written,
                    _ => Wrong<Wire.Consent>(faults, "consent", "应为 by_phone、in_person 或 written。"),
                },
            };
        }

        ReadAnswers(form, category, request, faults);
        faults.ThrowIfAny("WISH_INVALID", "有些内容没有填对，请检查。");
        return request;
    }

    /// <summary>What is wrong with a field of the wish, as the report names it.</summary>
    public static FieldFault Named(FieldFault fault) => fault with
    {
        Field = fault.Field switch
        {
            "text" => "description",
            "contact.name" or "beneficiary.name" => "first_name",
            "contact.phone" or "beneficiary.phone" => "phone",
            "contact.address" => "address_string",
            "unit_id" => "address_id",
            "category_id" => "service_code",
            _ when fault.Field.StartsWith("answers.", StringComparison.Ordinal) => $"attribute[{fault.Field["answers.".Length..]}]",
            _ => fault.Field,
        },
    };

    /// <summary>The first sentence, as far as it fits.</summary>
    private static string TitleOf(string description)
    {
        var end = SentenceEnds.Select(e => description.IndexOf(e, StringComparison.Ordinal)).Where(at => at > 1)
            .DefaultIfEmpty(description.Length).Min();
        var title = description[..end].Replace('\n', ' ').Trim();
        return Faults.Length(title) <= WishDraft.TitleLengthMax
            ? title
            : $"{string.Concat(title.EnumerateRunes().Take(WishDraft.TitleLengthMax - 1))}…";
    }

    private static Wire.Point? ReadPoint(ReportForm form, Faults faults)
    {
        var (latitude, longitude) = (form["lat"], form["long"]);
        if (latitude.Length == 0 && longitude.Length == 0)
        {
            return null;
        }

        var point = Degrees(latitude, 90) is { } north && Degrees(longitude, 180) is { } east
            ? new Wgs84(north, east).ToPoint()
            : default;
        if (!point.IsInChina)
        {
            faults.Add("lat", "和 long 一起，应为国内一处的 WGS-84 坐标。");
        }

        return new() { Latitude = point.Latitude, Longitude = point.Longitude };
    }

    private static double? Degrees(string text, int max) =>
        double.TryParse(
            text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var degrees)
        && Math.Abs(degrees) <= max
            ? degrees
            : null;

    /// <summary>
    /// Whom to ask, and where. A place alone tells nobody enough: its words may only reach who takes it up.
    /// </summary>
    private static Wire.Contact? ReadContact(ReportForm form, Unit unit, Faults faults)
    {
        var (first, last, phone, address) =
            (form["first_name"], form["last_name"], form["phone"], form["address_string"]);
        if (first.Length + last.Length + phone.Length + address.Length == 0)
        {
            return null;
        }

        if (phone.Length == 0)
        {
            faults.Add("phone", "有姓名或地址时必填；没有联系人的，把地点写进 description。");
        }

        if (first.Length + last.Length == 0)
        {
            faults.Add("first_name", "有电话或地址时必填。");
        }

        // The family name comes first, unless it is written in Latin letters.
        var name = last.Length > 0 && last.All(char.IsAscii) ? $"{first} {last}".Trim() : $"{last}{first}";
        return new() { Name = name, Phone = phone, Address = address.Length > 0 ? address : unit.Name };
    }

    private static void ReadAnswers(ReportForm form, Category category, Wire.MakeWishRequest request, Faults faults)
    {
        foreach (var answers in form.Attributes())
        {
            if (answers.Count() > 1)
            {
                faults.Add($"attribute[{answers.Key}]", "只能有一个值。");
                continue;
            }

            var isDay = category.Rules!.Fields.FirstOrDefault(f => f.Key == answers.Key)?.Kind == FieldKind.Date;
            request.Answers[answers.Key] = isDay ? DayOf(answers.Single()) : answers.Single();
        }
    }

    /// <summary>
    /// The day in China of a time with its zone; anything else as it is, for the question itself to judge.
    /// </summary>
    private static string DayOf(string text) => RequestQuery.TimeOf(text) is { } time
        ? Clock.Day(time).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
        : text;

    private static T Wrong<T>(Faults faults, string field, string description)
        where T : struct
    {
        faults.Add(field, description);
        return default;
    }
}
