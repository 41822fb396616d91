using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using WuWei.Access;
using WuWei.Calls;
using WuWei.Data;
using WuWei.Organization;
using WuWei.Partners;
using WuWei.Time;

namespace WuWei.Operator.Commands;

public static class PartnerLists
{
    public static Command List()
    {
        var list = new Command("list", "All partners: what they may, where, and what they are known by. No secrets.");
        list.SetAction(async (_, cancel) =>
        {
            await using var services = Installation.Open();
            var now = services.GetRequiredService<TimeProvider>().Now();
            var tree = await services.GetRequiredService<Units>().TreeAsync(cancel);
            var all = await services.GetRequiredService<Database>().ReadAsync(db => db.ReadPartnersAsync(now), cancel);
            foreach (var partner in all.ById.Values.OrderBy(p => p.Code, StringComparer.Ordinal))
            {
                Console.WriteLine($"{partner.Code}  {partner.Name}  {partner.Refusal(now)?.Reason ?? "let in"}");
                Console.WriteLine($"  id           {partner.Id}");
                Console.WriteLine($"  purpose      {partner.Purpose}");
                Console.WriteLine($"  scopes       {string.Join(' ', partner.Scopes.Select(s =>
                    s.QuotaPerDay is { } quota ? $"{s.Name}={quota}" : s.Name))}");
                Console.WriteLine($"  units        {string.Join(' ', partner.Units.Select(id => tree.Find(id) is { } unit
                    ? $"{unit.Name}({unit.Codes.FirstOrDefault(c => c.System == UnitImport.System)?.Code})" : $"{id}"))}");
                Console.WriteLine($"  people       {partner.People.Count}");
                Console.WriteLine($"  quota        {partner.QuotaPerDay} a day");
                Console.WriteLine($"  from, until  {Time(partner.StartsAt)}, {Time(partner.EndsAt)}");
                Print("certificate", all.ByCertificate, partner);
                Print("key", all.ByKey, partner);
            }

            return Exit.Done;
        });
        return list;
    }

    public static Command ListScopes()
    {
        var scopes = new Command("scopes", "What a partner may be registered for.");
        scopes.SetAction(_ =>
        {
            foreach (var (name, what) in PartnerScopes.Groups)
            {
                Console.WriteLine($"{name,-40} {what}");
            }

            foreach (var call in PartnerScopes.Calls)
            {
                Console.WriteLine($"{call.ScopeName,-40} {(call.Partners switch
                {
                    PartnerUse.Anywhere => "about no unit in particular",
                    PartnerUse.InUnits => "in its units",
                    _ => "on behalf of one of its --person, in its units",
                })}");
            }

            Console.WriteLine("Service/* is all of these of a service, also those that come later.");
            return Exit.Done;
        });
        return scopes;
    }

    private static void Print(string what, IReadOnlyDictionary<string, PartnerCredential> all, Partner partner)
    {
        foreach (var (hash, known) in all.Where(c => c.Value.Partner.Id == partner.Id))
        {
            Console.WriteLine($"  {what,-12} {hash}, until {Time(known.EndsAt)}");
        }
    }

    private static string Time(DateTime? at) => at is { } time
        ? Clock.InChina(time).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)
        : "-";
}
