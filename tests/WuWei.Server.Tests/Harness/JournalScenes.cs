using Google.Protobuf;

namespace WuWei.Tests.Harness;

/// <summary>Reading the journal.</summary>
public static class JournalScenes
{
    public static IEnumerable<Scene> All() =>
    [
        Plain("Follow", new Wire.FollowRequest { After = 0 }),
        Plain("Get", new Wire.GetRequest()),
        Plain("Head", new Wire.HeadRequest()),
    ];

    private static Scene Plain(string rpc, IMessage request) =>
        new($"JournalService/{rpc}", "", _ => Task.FromResult(request));
}
