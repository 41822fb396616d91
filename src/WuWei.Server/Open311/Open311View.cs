using System.Text;
using WuWei.Calls;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Organization;
using WuWei.Privacy;
using WuWei.Time;
using WuWei.Wishes;

namespace WuWei.Open311;

/// <summary>
/// Wishes as the standard GeoReport v2 of Open311 has them. Each of its calls is one of ours and is entered as that
/// one, so who may have what is decided where it always is; what is told here is no more than that a stranger, or the
/// partner whose report it was, is shown by those.
/// </summary>
public sealed class Open311View(
    Database database, Units units, Categories categories, PersonalData personalData, WishService wishes, TimeProvider clock)
{
    private const int KeyLength = 40;

    /// <summary>As CategoryService/ListCategories.</summary>
    public async Task<IReadOnlyList<ServiceType>> ListServicesAsync(string jurisdictionId, ServerCallContext context)
    {
        var here = await OpenAsync(jurisdictionId, context.CancellationToken);
        return [.. ServiceType.In(here.Book, here.District.Id)];
    }

    /// <summary>As CategoryService/ListCategories: the questions of one kind.</summary>
    public async Task<IReadOnlyList<ServiceAttribute>> ListAttributesAsync(
        string jurisdictionId, string serviceCode, ServerCallContext context)
    {
        var here = await OpenAsync(jurisdictionId, context.CancellationToken);
        return ServiceAttribute.Of(ServiceType.Find(here.Book, here.District.Id, serviceCode));
    }

    /// <summary>As WishService/ListWishes.</summary>
    /// <param name="value">Of a parameter, its values joined by commas; empty when it is not there.</param>
    public async Task<IReadOnlyList<ServiceRequest>> ListRequestsAsync(Func<string, string> value, ServerCallContext context)
    {
        var call = context.Call();
        var here = await OpenAsync(value("jurisdiction_id"), context.CancellationToken);
        var query = RequestQuery.Read(value, call.Now);
        if (query.Ids is { } ids)
        {
            return await ListAsync(db => db.ListRequestedAsync(Hex(ids)), here, context);
        }

        var asked = here.Book.Of(here.District.Id)
            .Where(c => c.Rules is { Sensitive: false } && (query.Codes.Count == 0 || query.Codes.Contains(c.Code)));
        return await ListAsync(
            db => db.ListRequestedAsync(here.District.Id, Hex(asked.Select(c => c.Id)), query), here, context);
    }

    /// <summary>As WishService/GetWish.</summary>
    public async Task<ServiceRequest> GetRequestAsync(string jurisdictionId, string id, ServerCallContext context)
    {
        var here = await OpenAsync(jurisdictionId, context.CancellationToken);
        var found = await ListAsync(
            db => db.ListRequestedAsync(Hex(RequestQuery.IdOf(id) is { } asked ? [asked] : [])), here, context);
        return found.Count == 1 ? found[0] : throw WishService.Unknown();
    }

    /// <summary>As WishService/MakeWish, by a partner.</summary>
    /// <returns>The id, and what its reporter is told.</returns>
    public async Task<(string Id, string Notice)> ReportAsync(ReportForm form, ServerCallContext context)
    {
        var (tree, district, book) = await OpenAsync(form["jurisdiction_id"], context.CancellationToken);
        var category = form["service_code"] is { Length: > 0 } code
            ? ServiceType.Find(book, district.Id, code)
            : throw Missing("service_code", "必填：GET services 列出的代码。");
        var unit = form["address_id"] is { Length: > 0 } address
            ? Jurisdictions.UnitOf(tree, district, address)
            : throw Missing("address_id", "必填：社区或网格的代码；只有坐标或文字地址，不能确定归谁负责。");
        try
        {
            var made = await wishes.MakeWish(Report.Read(form, unit, category), context);
            var media = form["media_url"].Length > 0 ? "图片链接不会取用。" : "";
            return (made.Wish.Id, $"已收到，{unit.Name}会在 {category.Rules!.ReviewHours} 小时内审核。{media}");
        }
        catch (RefusedException refused)
        {
            throw new RefusedException(refused.Code, refused.Reason, refused.Message, [.. refused.Fields.Select(Report.Named)]);
        }
    }

    /// <summary>
    /// The key of a report whose sender has none: the standard knows no keys, so the same words on the same day of
    /// China's are the same report. Keyed itself, because a plain hash of a short report can be guessed.
    /// </summary>
    public string KeyOf(ReportForm form)
    {
        var words = new StringBuilder().Append(Clock.Day(clock.Now()).ToString("o"));
        foreach (var (name, value) in form.Fields.Where(f => f.Key != ReportForm.ApiKey)
            .OrderBy(f => f.Key, StringComparer.Ordinal))
        {
            words.Append('\n').Append(name.Length).Append(':').Append(name).Append(value.Length).Append(':').Append(value);
        }

        var mac = personalData.Mac("open311", Encoding.UTF8.GetBytes($"{words}"));
        return $"open311-{Convert.ToHexStringLower(mac)}"[..KeyLength];
    }

    private async Task<Jurisdiction> OpenAsync(string id, CancellationToken cancel)
    {
        var tree = await units.TreeAsync(cancel);
        return new Jurisdiction(tree, Jurisdictions.Of(tree, id), await categories.BookAsync(cancel));
    }

    private async Task<IReadOnlyList<ServiceRequest>> ListAsync(
        Func<DbSession, Task<List<Requested>>> list, Jurisdiction here, ServerCallContext context)
    {
        var call = context.Call();
        if (call.IsPartners)
        {
            // What everybody may read, and what it reported itself.
            call.DemandPartner();
        }
        else
        {
            call.Demand(Relation.None, here.District.Path);
        }

        var rows = await database.ReadAsync(list, context.CancellationToken);
        return
        [
            .. from row in rows
               let sight = WishSight.Of(row, here.Tree, call)
               let own = call.IsPartners && (sight.Relation & Relation.Maker) != 0
               where sight.Unit.IsWithin(here.District.Id) && (own || ServiceRequest.IsForEverybody(sight))
               select ServiceRequest.Of(
                   sight, row.ChangedAt, here.Book.Get(row.CategoryId), here.Tree, personalData),
        ];
    }

    private static string Hex(IEnumerable<Guid> ids) => $"[{string.Join(',', ids.Select(id => $"\"{id:n}\""))}]";

    private static RefusedException Missing(string field, string description) =>
        Refuse.Invalid("WISH_INVALID", "有些内容没有填对，请检查。", new FieldFault(field, description));

    /// <summary>A district, with what answers about it need.</summary>
    private sealed record Jurisdiction(UnitTree Tree, Unit District, CategoryBook Book);
}
