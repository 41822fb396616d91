using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using WuWei.Privacy;
using WuWei.Tests.Harness;
using WuWei.Wishes;

namespace WuWei.Tests.Wishes;

/// <summary>How often what looks alike is the same wish, over wishes that were written for it.</summary>
public class WishLikenessTests(SharedServer shared, ITestOutputHelper output)
{
    private const double PrecisionMin = 0.9;
    private const double RecallMin = 0.9;

    private readonly List<Sample> _samples = [.. File.ReadLines(Corpus()).Where(l => !l.StartsWith('#')).Select(Sample.Read)];

    [Fact]
    public void The_same_wishes_are_found_and_few_others()
    {
        Assert.True(_samples.Count >= 60);
        var pairs = (
            from a in _samples
            from b in _samples
            where string.CompareOrdinal(a.Title, b.Title) < 0
            let score = a.Likeness.ScoreWith(b.Likeness)
            select (Same: a.Group != 0 && a.Group == b.Group, score, Titles: $"{score} {a.Title} / {b.Title}")).ToList();
        var found = pairs.Where(p => p.score >= WishLikeness.ScoreMin).ToList();
        var right = found.Count(p => p.Same);
        var (precision, recall) = ((double)right / found.Count, (double)right / pairs.Count(p => p.Same));

        output.WriteLine($"{pairs.Count} pairs, precision {precision:P1}, recall {recall:P1}");
        output.WriteLine(string.Join('\n', pairs.Where(p => p.Same != p.score >= WishLikeness.ScoreMin).Select(p => p.Titles)));
        Assert.True(precision >= PrecisionMin, $"precision {precision:P1}");
        Assert.True(recall >= RecallMin, $"recall {recall:P1}");
    }

    [Fact]
    public void Whatever_is_the_same_shares_marks_by_which_it_is_found()
    {
        var data = shared.Server.Services.GetRequiredService<PersonalData>();

        foreach (var group in _samples.Where(s => s.Group != 0).GroupBy(s => s.Group))
        {
            foreach (var (sought, kept) in group.SelectMany(a => group.Where(b => b != a).Select(b => (a, b))))
            {
                Assert.NotEmpty(sought.Likeness.Sought(data).Intersect(kept.Likeness.Marks(data)));
            }
        }
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("帮忙", "谢谢您好")]
    [InlineData("！！？？", "。。。")]
    [InlineData("灯", "")]
    public void What_says_nothing_is_like_nothing(string title, string text)
    {
        var nothing = new WishLikeness(title, text);

        Assert.Equal(0, nothing.ScoreWith(nothing));
        Assert.Equal(0, _samples[0].Likeness.ScoreWith(nothing));
    }

    [Fact]
    public void Width_and_case_make_no_difference()
    {
        var (wide, narrow) = (new WishLikeness("ＷＩＦＩ连不上", "１２号楼"), new WishLikeness("wifi连不上", "12号楼"));

        Assert.Equal(100, wide.ScoreWith(narrow));
    }

    [Fact]
    public void It_is_the_same_both_ways_and_most_like_itself()
    {
        foreach (var (a, b) in _samples.Zip(_samples.Skip(1)))
        {
            Assert.Equal(a.Likeness.ScoreWith(b.Likeness), b.Likeness.ScoreWith(a.Likeness));
            Assert.Equal(100, a.Likeness.ScoreWith(new WishLikeness(a.Title, a.Text)));
        }
    }

    [Fact]
    public void Marks_are_few_and_tell_nothing_without_the_key()
    {
        var data = shared.Server.Services.GetRequiredService<PersonalData>();
        var longest = new WishLikeness(
            string.Concat(Enumerable.Range(0, 40).Select(i => (char)(0x5E00 + i))),
            string.Concat(Enumerable.Range(0, 2_500).Select(i => (char)(0x4E00 + i))));

        Assert.InRange(longest.Marks(data).Count, 1, 64);
        Assert.InRange(longest.Sought(data).Count, 1, 110);
    }

    private static string Corpus([CallerFilePath] string path = "") =>
        Path.Combine(Path.GetDirectoryName(path)!, "like-wishes.txt");

    private sealed record Sample(int Group, string Title, string Text)
    {
        public WishLikeness Likeness { get; } = new(Title, Text);

        public static Sample Read(string line) => line.Split('|') is [var group, var title, var text]
            ? new Sample(int.Parse(group), title, text)
            : throw new FormatException(line);
    }
}
