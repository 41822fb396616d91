using Google.Protobuf;

namespace WuWei.Tests.Harness;

/// <summary>Calls on series, each in a grid of its own: a unit has only so many.</summary>
public static class SeriesScenes
{
    private const string Weekly = "FREQ=WEEKLY";

    public static IEnumerable<Scene> All() =>
    [
        Of("MakeSeries", async cast => await NewAsync(cast)),
        Of("EditSeries", async cast =>
        {
            var series = await MadeAsync(cast);
            return new Wire.EditSeriesRequest { SeriesId = series.Id, Form = series.Form };
        }),
        Of("SkipOccurrence", async cast =>
        {
            var series = await MadeAsync(cast);
            return new Wire.SkipOccurrenceRequest { SeriesId = series.Id, Day = series.FirstDay };
        }),
        Of("EndSeries", async cast => new Wire.EndSeriesRequest { SeriesId = (await MadeAsync(cast)).Id }),
        Of("ListSeries", async cast => new Wire.ListSeriesRequest { UnitId = (await MadeAsync(cast)).UnitId }),
    ];

    private static Scene Of(string rpc, Func<WishCast, Task<IMessage>> prepare) =>
        new($"SeriesService/{rpc}", "", prepare);

    private static async Task<Wire.MakeSeriesRequest> NewAsync(WishCast cast) => new()
    {
        Form = cast.World.Activity(unit: await cast.World.NewGridAsync()),
        Rule = Weekly,
    };

    private static async Task<Wire.Series> MadeAsync(WishCast cast) =>
        (await cast.SecondStaff.Series.MakeSeriesAsync(await NewAsync(cast))).Series;
}
