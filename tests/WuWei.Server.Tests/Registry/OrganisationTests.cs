using WuWei.Errors;
using WuWei.Registry;

namespace WuWei.Tests.Registry;

/// <summary>The life of an organisation, as a picture.</summary>
public class OrganisationTests
{
    private const string Drawn =
        """
        Applied: List Listed, Decline Declined
        Listed: Renew Listed, Suspend Suspended
        Declined:
        Suspended: Renew Listed
        """;

    private static readonly DateTime Day = new(2026, 6, 30);

    [Fact]
    public void Its_life_is_the_drawn_one() => Assert.Equal(Drawn, string.Join('\n',
        Enum.GetValues<OrganisationStatus>().Where(s => s != OrganisationStatus.Lapsed)
            .Select(s => $"{s}: {string.Join(", ", Moves(s))}".TrimEnd())));

    [Fact]
    public void A_listed_one_lapses_after_its_last_day()
    {
        var listed = new Organisation { Status = OrganisationStatus.Listed, ListedUntil = Day };

        Assert.Equal(
            [OrganisationStatus.Listed, OrganisationStatus.Lapsed],
            new[] { Day, Day.AddDays(1) }.Select(listed.StatusOn));
        Assert.Equal(
            OrganisationStatus.Suspended,
            (listed with { Status = OrganisationStatus.Suspended }).StatusOn(Day.AddDays(1)));
    }

    private static IEnumerable<string> Moves(OrganisationStatus status) =>
        Enum.GetValues<OrganisationMove>().Select(m => Move(status, m)).OfType<string>();

    private static string? Move(OrganisationStatus status, OrganisationMove move)
    {
        try
        {
            return $"{move} {Organisation.Next(status, move)}";
        }
        catch (RefusedException refused)
        {
            Assert.Equal("ORGANISATION_WRONG_STATUS", refused.Reason);
            return null;
        }
    }
}
