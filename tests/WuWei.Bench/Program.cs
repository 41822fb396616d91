using System.CommandLine;
using WuWei.Bench;

var quick = new Option<bool>("--quick") { Description = "A hundredth of the data and short measurements: under 3 minutes." };
var output = new Option<FileInfo?>("--out") { Description = "Also write the rows as JSON to this file." };
var anatomy = new Option<bool>("--anatomy") { Description = "Only what one call is made of, on the small data set." };
var boards = new Option<bool>("--boards") { Description = "Only how long the boards of the whole district take to rebuild." };
var door = new Option<bool>("--public") { Description = "Only the public door: gRPC-Web and JSON beside gRPC, and many who follow a board." };
var bare = new Option<bool>("--bare-server") { Description = "Be the bare server that the others are compared with.", Hidden = true };
var root = new RootCommand(
    "Measures calls beside the same SQL sent directly, on a database of its own. Only ratios within one run mean anything.")
{
    quick, output, anatomy, boards, door, bare,
};
root.SetAction(async (parsed, cancel) =>
{
    if (parsed.GetValue(bare))
    {
        await BareServer.RunAsync(cancel);
        return 0;
    }

    if (parsed.GetValue(anatomy))
    {
        await BenchRun.AnatomyAsync(cancel);
        return 0;
    }

    if (parsed.GetValue(boards))
    {
        await BenchRun.BoardsAsync(cancel);
        return 0;
    }

    var size = parsed.GetValue(quick) ? BenchSize.Quick : BenchSize.Full;
    await new BenchRun(size).RunAsync(parsed.GetValue(output), parsed.GetValue(door), cancel);
    return 0;
});
return await root.Parse(args).InvokeAsync();
