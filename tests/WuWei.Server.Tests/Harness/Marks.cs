using System.Text.RegularExpressions;

namespace WuWei.Tests.Harness;

/// <summary>
/// Words of one run that nobody would type, put into wishes, and who may read them: what a wish says only those it
/// concerns, unless it is public; whom to reach only who asked for it and may.
/// </summary>
public sealed partial class Marks
{
    private static readonly string[] Above = [Asker.Here, "street", "district"];

    private readonly string _run = $"{Guid.NewGuid():n}"[..8];

    /// <summary>In what everybody may read.</summary>
    public string Public => $"云雀{_run}";

    /// <summary>In titles and texts that are private or sensitive.</summary>
    public string Content => $"金丝雀{_run}";

    /// <summary>In names and addresses.</summary>
    public string Contact => $"朱鹮{_run}";

    public string Phone { get; } = $"139{Random.Shared.Next(100_000_000):D8}";

    /// <summary>Everything that must be in clear nowhere.</summary>
    public IReadOnlyList<string> Secrets => [Content, Contact, Phone];

    /// <summary>Puts the words into the wishes of one cast, which has a number of its own.</summary>
    public WishCast Into(WishCast cast, int number) => cast with
    {
        Detail = request =>
        {
            var secret = request.Visibility == Wire.WishVisibility.Private
                || request.CategoryId == $"{cast.World.Category("rights").Id}";
            var word = secret ? $"{Content}-{number}-" : Public;
            request.Title = $"题{word}";
            request.Text = $"正文{word}";
            request.Contact = new() { Name = $"联系{Contact}", Phone = Phone, Address = $"{Contact}巷7号" };
            request.Beneficiary.Name = $"老人{Contact}";
        },
    };

    /// <summary>What is in an answer or refusal that this caller may not know.</summary>
    public IEnumerable<string> Leaks(Scene scene, int number, Asker asker, bool refused, string answer)
    {
        var overseer = IsOverseer(asker) && !refused;
        var concerned = (IsAround(asker) || scene.ChangesCaller) && !refused;
        var strange = concerned ? answer.Replace($"{Content}-{number}-", "", StringComparison.Ordinal) : answer;
        if (!overseer && strange.Contains(Content, StringComparison.Ordinal))
        {
            yield return Content;
        }

        if (MayReveal(scene, asker) && !refused)
        {
            yield break;
        }

        foreach (var word in new[] { Contact, Phone }.Where(w => answer.Contains(w, StringComparison.Ordinal)))
        {
            yield return word;
        }

        foreach (var person in People().Matches(answer).Select(m => m.Value).Where(p => p != asker.Actor.Name))
        {
            yield return person;
        }
    }

    /// <summary>Staff and auditors whose role reaches the object.</summary>
    public static bool IsOverseer(Asker asker) => asker.Who is "Staff" or "Auditor" && Above.Contains(asker.Where);

    public static bool IsAround(Asker asker) => asker.Who is "maker" or "beneficiary" or "claimer" or "offered";

    /// <summary>A contact, and the phone of somebody who has not read a notice.</summary>
    public static bool MayReveal(Scene scene, Asker asker) => scene.Rpc switch
    {
        "WishService/RevealContact" => asker.Who == "claimer" || (asker.Who == "Staff" && IsOverseer(asker)),
        "NoticeService/RevealNoticePhone" => asker.Who == "Staff" && IsOverseer(asker),
        _ => false,
    };

    /// <summary>Full names and phones of the people of a <see cref="World"/>; not the digits inside an id.</summary>
    [GeneratedRegex(@"[赵钱孙李周吴郑王]测试\d+|(?<![0-9A-Za-z_-])137\d{8}(?![0-9A-Za-z_-])")]
    private static partial Regex People();
}
