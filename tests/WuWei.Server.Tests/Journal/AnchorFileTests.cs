using WuWei.Journal;

namespace WuWei.Tests.Journal;

public sealed class AnchorFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wuwei-anchors-");

    private string FilePath => Path.Combine(_folder.FullName, "anchors.txt");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void What_was_appended_is_read()
    {
        var first = new Anchor(7, new string('a', 64), new DateTime(2026, 6, 1, 12, 0, 0, DateTimeKind.Utc));
        first.AppendTo(FilePath);
        var line = File.ReadAllText(FilePath);
        (first with { Number = 8 }).AppendTo(FilePath);

        Assert.Equal($"7 {first.Hash} 2026-06-01T12:00:00Z\n", line);
        Assert.StartsWith(line, File.ReadAllText(FilePath));
        Assert.Equal([first, first with { Number = 8 }], Anchor.Read(FilePath));
    }

    [Theory]
    [InlineData("", "holds no anchor")]
    [InlineData("\n", "line 1")]
    [InlineData("x\n", "line 1")]
    [InlineData("GOOD\n7 abc 2026-06-01T12:00:00Z\n", "line 2")]
    [InlineData("GOOD\n-7 HASH 2026-06-01T12:00:00Z\n", "line 2")]
    [InlineData("GOOD\n0 HASH 2026-06-01T12:00:00Z\n", "line 2")]
    [InlineData("GOOD\n7 HASH 2026-06-01\n", "line 2")]
    [InlineData("GOOD\n7 HASH 2026-06-01T12:00:00Z more\n", "line 2")]
    [InlineData("GOOD\n\nGOOD\n", "line 2")]
    // Cut off while it was written, even if it looks whole.
    [InlineData("GOOD\nGOOD", "line 2")]
    [InlineData("GOOD\n7 ", "line 2")]
    public void A_damaged_file_of_anchors_is_refused(string text, string where)
    {
        var hash = new string('a', 64);
        File.WriteAllText(FilePath, text
            .Replace("GOOD", $"7 {hash} 2026-06-01T12:00:00Z", StringComparison.Ordinal)
            .Replace("HASH", hash, StringComparison.Ordinal));

        Assert.Contains(where, Assert.Throws<InvalidDataException>(() => Anchor.Read(FilePath)).Message);
    }
}
