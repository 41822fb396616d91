using Microsoft.Extensions.DependencyInjection;
using WuWei.Operator;
using WuWei.Organization;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Operator;

public sealed class UnitImportTests : IAsyncLifetime
{
    private const string File1 =
        """
        code,name,level,parent_code,code:civil
        1,一区,district,,C1
        11,一街道,street,1,
        111,一社区,community,11,C111
        12,二街道,street,1,
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wuwei-units-");
    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Importing_twice_changes_nothing_the_second_time()
    {
        var first = await ImportAsync(File1);
        Assert.Equal((4, 0), (first.Added, first.There));
        Assert.True(first.Categories > 0);
        var entries = await EntriesAsync();

        var second = await ImportAsync(File1);

        Assert.Equal((0, 4, 0), (second.Added, second.There, second.Categories));
        Assert.Empty(second.Differences);
        Assert.Equal(entries, await EntriesAsync());
    }

    [Fact]
    public async Task Codes_of_other_systems_are_added()
    {
        await ImportAsync(File1);

        var tree = await TreeAsync();
        Assert.Equal("一社区", tree.Find(new UnitCode("civil", "C111"))!.Name);
        Assert.Equal(3, tree.Find(new UnitCode("division", "111"))!.Path.Count);
        Assert.Null(tree.Find(new UnitCode("civil", "")));
    }

    [Fact]
    public async Task Only_what_is_below_a_unit_is_imported_when_asked_so()
    {
        Assert.Equal(2, (await ImportAsync(File1, under: "11")).Added);

        var tree = await TreeAsync();
        Assert.Null(tree.Find(new UnitCode("division", "1")));
        Assert.Null(tree.Find(new UnitCode("division", "11"))!.ParentId);
        await Assert.ThrowsAsync<InvalidDataException>(() => ImportAsync(File1, under: "99"));
    }

    [Fact]
    public async Task A_name_that_differs_is_reported_and_left()
    {
        await ImportAsync(File1);

        var report = await ImportAsync(File1.Replace("二街道", "新街道", StringComparison.Ordinal));

        Assert.Contains("新街道", Assert.Single(report.Differences));
        Assert.Equal("二街道", (await TreeAsync()).Find(new UnitCode("division", "12"))!.Name);
    }

    [Theory]
    [InlineData("")]
    [InlineData("code,name,level\n1,一区,district")]
    [InlineData("code,name,level,parent_code\n1,一区,planet,")]
    [InlineData("code,name,level,parent_code\n1,,district,")]
    [InlineData("code,name,level,parent_code\n,一区,district,")]
    [InlineData("code,name,level,parent_code\n1,一区,district,\n1,二区,district,")]
    [InlineData("code,name,level,parent_code\n1,一区,district,1")]
    public async Task A_file_that_is_wrong_is_refused_whole(string content)
    {
        await Assert.ThrowsAsync<InvalidDataException>(() => ImportAsync(content));

        Assert.Equal(0, await _server.Database.ScalarAsync<int>("SELECT COUNT(*) FROM unit"));
    }

    [Fact]
    public async Task A_file_that_is_not_utf_8_is_refused()
    {
        var file = new FileInfo(Path.Combine(_folder.FullName, "gbk.csv"));
        await File.WriteAllBytesAsync(
            file.FullName, [.. "code,name,level,parent_code\n1,"u8, 0xD2, 0xBB, 0xC7, 0xF8, .. ",district,"u8]);

        var refusal = await Assert.ThrowsAsync<InvalidDataException>(() => ImportAsync(file, null));

        Assert.Contains("UTF-8", refusal.Message);
    }

    [Fact]
    public async Task The_demo_district_has_six_streets_and_sixty_four_communities()
    {
        await ImportAsync(new FileInfo(Path.Combine(AppContext.BaseDirectory, "Demo", "units-320105.csv")), null);

        var kinds = (await TreeAsync()).All.CountBy(u => u.Kind.Code).ToDictionary();
        Assert.Equal((1, 6, 64), (kinds["district"], kinds["street"], kinds["community"]));
    }

    private async Task<UnitReport> ImportAsync(string content, string? under = null)
    {
        var file = new FileInfo(Path.Combine(_folder.FullName, $"{Guid.NewGuid():n}.csv"));
        await File.WriteAllTextAsync(file.FullName, content);
        return await ImportAsync(file, under);
    }

    private Task<UnitReport> ImportAsync(FileInfo file, string? under) =>
        new UnitImport(_server.Db, _server.Services.GetRequiredService<Units>(), _server.Clock).ImportAsync(
            file, under, UnitImport.System, (_, _) => { }, CancellationToken.None);

    private ValueTask<UnitTree> TreeAsync() =>
        _server.Services.GetRequiredService<Units>().TreeAsync(CancellationToken.None);

    private Task<int> EntriesAsync() => _server.Database.ScalarAsync<int>("SELECT COUNT(*) FROM journal_entry");
}
