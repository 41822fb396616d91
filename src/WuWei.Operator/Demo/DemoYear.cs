using WuWei.Wishes;

namespace WuWei.Operator.Demo;

/// <summary>
/// The year before the story: a few people in every community, and everyday wishes that helpers of all four kinds kept, so
/// that boards of every level and period have life. Made by a fixed rule, so that every load tells the same.
/// </summary>
public static class DemoYear
{
    private const int WishCount = 1_200;
    private const int ResidentsEach = 3;
    private const int DaysMin = 45;
    private const int Days = 320;
    private const string Surnames = "赵钱孙李周吴郑王冯陈蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜谢邹窦章苏潘葛范彭鲁韦马方任袁柳史唐薛雷贺汤罗毕安常于傅齐康余顾孟黄";
    private const string GivenNames = "建国秀英志明桂芳海燕文斌玉兰俊杰雪梅宏伟春花少华丽娟立新晓东月琴永强淑珍家宝爱萍国栋红霞德胜美玲思远佳怡子涵雨桐";

    public static DemoContent AddTo(DemoContent content, IReadOnlyList<DemoEveryday> everyday)
    {
        var communities = content.People.Staff.Select(s => s.Unit).Where(u => u.Length == DemoStory.CommunityCodeLength)
            .ToArray();
        var people = content.People with
        {
            Residents = [.. content.People.Residents, .. communities.SelectMany(
                (c, i) => Enumerable.Range(0, ResidentsEach).Select(n => Someone(c, (i * ResidentsEach) + n, scope: null)))],
            PartyMembers = [.. content.People.PartyMembers, .. Helpers(1_000)],
            Volunteers = [.. content.People.Volunteers, .. Helpers(2_000)],
            OrganisationMembers = [.. content.People.OrganisationMembers, .. Helpers(3_000)],
        };
        return content with
        {
            People = people,
            Wishes = [.. content.Wishes, .. Enumerable.Range(0, WishCount).Select(Wish)],
        };

        IEnumerable<DemoPerson> Helpers(int from) => communities.Select((c, i) => Someone(c, from + i, scope: c));

        DemoWish Wish(int number)
        {
            var kind = ClaimerOf(number);
            var what = everyday[number * 7 % everyday.Count];
            // Some communities and some helpers do more than others.
            var luck = number * 61 % 997 / 997.0;
            var community = (int)(luck * luck * communities.Length);
            var own = community * ResidentsEach;
            var (maker, neighbour) = (own + (number % ResidentsEach), own + ((number + 1) % ResidentsEach));
            var before = content.People;
            return new DemoWish(
                what.Category, what.Title, what.Text, what.EffortMinutes, Remote: false, Private: false,
                WishOrigin.Resident, before.Residents.Length + maker, communities[community], Beneficiary: null,
                Contact: new(
                    people.Residents[before.Residents.Length + maker].Name,
                    people.Residents[before.Residents.Length + maker].Phone,
                    $"{1 + (maker % 18)}幢{1 + (maker % 3)}单元{1 + (maker % 6)}0{1 + (maker % 2)}室"),
                what.Answers, "kept", kind, kind switch
                {
                    ClaimerKind.PartyMember => before.PartyMembers.Length + community,
                    ClaimerKind.Volunteer => before.Volunteers.Length + community,
                    ClaimerKind.OrganisationMember => before.OrganisationMembers.Length + community,
                    _ => before.Residents.Length + neighbour,
                },
                what.Note, RatingOf(number), what.Comment, Reason: null, FollowUp: null)
            {
                DaysAgo = DaysMin + (number * 131 % Days),
            };
        }
    }

    private static ClaimerKind ClaimerOf(int number) => (number % 10) switch
    {
        < 3 => ClaimerKind.PartyMember,
        < 6 => ClaimerKind.Volunteer,
        < 8 => ClaimerKind.OrganisationMember,
        _ => ClaimerKind.Neighbour,
    };

    private static int RatingOf(int number) => (number * 13 % 20) switch
    {
        0 => 3,
        < 6 => 4,
        _ => 5,
    };

    private static DemoPerson Someone(string community, int number, string? scope)
    {
        var given = number * 17 % (GivenNames.Length / 2) * 2;
        return new DemoPerson(
            $"{Surnames[number * 29 % Surnames.Length]}{GivenNames[given..(given + 2)]}", $"1390001{number:D4}", community,
            scope, ShowBadge: scope is not null && number % 2 == 0);
    }
}

/// <summary>What people ask for again and again.</summary>
public sealed record DemoEveryday(
    string Category, string Title, string Text, Dictionary<string, string> Answers, int EffortMinutes, string Note,
    string Comment);
