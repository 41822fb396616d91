using System.Runtime.CompilerServices;

namespace WuWei.Gateway.Tests;

public class DoorTests
{
    [Fact]
    public void The_gateway_contains_no_sql()
    {
        var source = Path.GetFullPath(Path.Combine(Here(), "../../../gateway/WuWei.Gateway"));
        var files = Directory.GetFiles(source, "*.cs", SearchOption.AllDirectories);

        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.DoesNotMatch(
            @"\b(SELECT|INSERT|UPDATE|DELETE)\b.*\b(FROM|INTO|SET)\b", File.ReadAllText(file)));
    }

    private static string Here([CallerFilePath] string path = "") => path;
}
