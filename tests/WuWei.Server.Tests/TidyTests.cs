using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using WuWei.Calls;
using WuWei.Tests.Harness;

namespace WuWei.Tests;

/// <summary>What a reviewer would otherwise have to look for.</summary>
public partial class TidyTests
{
    private const int LinesMax = 400;

    /// <summary>Reasons that are no promise to a caller of ours: a bug, and a call that does not exist.</summary>
    private static readonly string[] Undocumented = ["CALL_UNKNOWN", "INTERNAL"];

    private static readonly Dictionary<string, string> Roots = new()
    {
        ["src/WuWei.Server"] = "WuWei",
        ["src/WuWei.Operator"] = "WuWei.Operator",
        ["gateway/WuWei.Gateway"] = "WuWei.Gateway",
        ["tests/WuWei.Server.Tests"] = "WuWei.Tests",
        ["tests/WuWei.WeChatStub"] = "WuWei.WeChatStub",
    };

    [Fact]
    public void Namespaces_equal_folders()
    {
        foreach (var (folder, root) in Roots)
        {
            foreach (var file in Sources(folder))
            {
                var declared = Namespace().Match(File.ReadAllText(file)).Groups[1].Value;
                var below = Path.GetRelativePath(Path.Combine(Repo(), folder), Path.GetDirectoryName(file)!);
                var expected = below == "." ? root : $"{root}.{below.Replace('/', '.')}";
                var topLevel = declared.Length == 0 && file.EndsWith("Program.cs", StringComparison.Ordinal);
                Assert.True(topLevel || declared == expected, $"{file} declares {declared}, its folder says {expected}");
            }
        }
    }

    [Fact]
    public void No_file_is_too_long_to_read()
    {
        var files = Sources("src").Concat(Sources("gateway")).ToList();

        Assert.NotEmpty(files);
        Assert.DoesNotContain(files, file => File.ReadLines(file).Count() > LinesMax);
    }

    [Fact]
    public void Every_enum_of_the_domain_is_numbered_as_on_the_wire()
    {
        var wire = Rpcs.Files.SelectMany(f => f.EnumTypes).ToDictionary(e => e.Name);
        var pairs = typeof(Role).Assembly.GetTypes().Where(t => t.IsEnum && wire.ContainsKey(t.Name)).ToList();

        Assert.Contains(typeof(Role), pairs);
        Assert.Contains(typeof(WuWei.Wishes.WishStatus), pairs);
        foreach (var type in pairs)
        {
            Assert.Equal(
                wire[type.Name].Values.Where(v => v.Number > 0).Select(v =>
                    (v.Number, Word(wire[type.Name].Name, v.Name))),
                Enum.GetValuesAsUnderlyingType(type).Cast<object>().Select(Convert.ToInt32).Where(n => n > 0)
                    .Select(n => (n, Enum.ToObject(type, n).ToString()!.ToUpperInvariant())));
        }

        static string Word(string type, string name) =>
            name[Snake().Replace(type, "_$0").Length..].Replace("_", "", StringComparison.Ordinal);
    }

    [Fact]
    public void Every_reason_in_the_code_is_promised_in_a_proto_and_the_other_way_round()
    {
        var used = Sources("src").SelectMany(f => Reason().Matches(File.ReadAllText(f)))
            .Select(m => m.Groups[1].Value).ToHashSet();
        // Kinds of entries say what happened, some in the words of a refusal.
        var names = Rpcs.Files.SelectMany(f => f.EnumTypes).Where(e => e.Name != nameof(Wire.EntryKind))
            .SelectMany(e => e.Values).Select(v => v.Name)
            .Concat(Enum.GetNames<StatusCode>().Select(n => Snake().Replace(n, "_$0")[1..].ToUpperInvariant()))
            .ToHashSet();
        var comments = Directory.GetFiles(Path.Combine(Repo(), "protos/wuwei"), "*.proto", SearchOption.AllDirectories)
            .SelectMany(File.ReadLines).Where(l => l.TrimStart().StartsWith("//", StringComparison.Ordinal));
        // A word with an underscore that is neither a status nor the end of an enum value's name.
        var promised = comments.SelectMany(l => Capitals().Matches(l)).Select(m => m.Value)
            .Where(w => !names.Contains(w) && !names.Any(n =>
                n.EndsWith($"_{w}", StringComparison.Ordinal))).ToHashSet();

        Assert.Equal([], used.Except(promised).Except(Undocumented).Order());
        Assert.Equal([], promised.Except(used).Order());
    }

    private static string[] Sources(string folder) =>
        Directory.GetFiles(Path.Combine(Repo(), folder), "*.cs", SearchOption.AllDirectories);

    private static string Repo([CallerFilePath] string path = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "../.."));

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"(?:Refuse\.\w+\(|ThrowIfAny\(|new RefusedException\(\s*StatusCode\.\w+,)\s*""([A-Z_]+)""")]
    private static partial Regex Reason();

    [GeneratedRegex(@"\b[A-Z]+(?:_[A-Z]+)+\b")]
    private static partial Regex Capitals();

    [GeneratedRegex("[A-Z]")]
    private static partial Regex Snake();
}
