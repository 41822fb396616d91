using System.Runtime.CompilerServices;

namespace WuWei.Tests.Harness;

/// <summary>
/// A text file beside a test that says how something is meant to be, so that a change of it is seen and meant.
/// </summary>
public static class SnapshotFile
{
    /// <summary>Set to 1 to write the files anew instead of comparing.</summary>
    private const string Rewrite = "WUWEI_REWRITE_SNAPSHOTS";

    public static bool Rewrites => Environment.GetEnvironmentVariable(Rewrite) == "1";

    public static void AssertSame(string file, string actual, [CallerFilePath] string test = "")
    {
        var path = Path.Combine(Path.GetDirectoryName(test)!, file);
        if (Rewrites)
        {
            File.WriteAllText(path, actual);
            return;
        }

        var expected = File.Exists(path) ? File.ReadAllText(path) : "";
        if (expected == actual)
        {
            return;
        }

        var was = expected.Split('\n');
        var now = actual.Split('\n');
        Assert.Fail(
            $"""
            {file} is not what the program has. If the change is meant, run
              {Rewrite}=1 scripts/test -class '{Path.GetFileNameWithoutExtension(test).Insert(0, "*")}'
            and commit the file.
            gone:
            {string.Join('\n', was.Except(now).Take(20))}
            new:
            {string.Join('\n', now.Except(was).Take(20))}
            """);
    }
}
