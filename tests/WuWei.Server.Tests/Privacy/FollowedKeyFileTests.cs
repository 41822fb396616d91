using System.Diagnostics;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using WuWei.Privacy;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Privacy;

/// <summary>The key file is changed, and a running server follows it.</summary>
public sealed class FollowedKeyFileTests : IDisposable
{
    private static readonly TimeSpan Noticed = TimeSpan.FromSeconds(2.2);
    private static readonly Guid Row = Guid.Parse("01890000-0000-7000-8000-000000000001");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wuwei-keys-");
    private readonly TestLog _log = new();
    private readonly KeyFile _running;
    private readonly PersonalData _data;

    public FollowedKeyFileTests()
    {
        KeyFile.Create(FilePath);
        _running = KeyFile.Load(FilePath, new LoggerFactory([_log]).CreateLogger<KeyFile>());
        _data = new PersonalData(_running);
    }

    private string FilePath => Path.Combine(_folder.FullName, "keys.json");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_new_current_key_is_used_within_seconds_and_an_unknown_one_at_once()
    {
        var before = _data.Seal("person.name", Row, "王芳");
        byte[] fromOther;
        using (var file = new KeyFileEditor(FilePath))
        {
            file.Use(file.Add());
            fromOther = new PersonalData(KeyFile.Load(FilePath)).Seal("person.name", Row, "王小芳");
        }

        Assert.Equal(2, fromOther[1]);
        Assert.Equal("王小芳", _data.Open("person.name", Row, fromOther));
        await Task.Delay(Noticed);
        Assert.Equal(2, _data.Seal("person.name", Row, "王芳")[1]);
        Assert.Equal("王芳", _data.Open("person.name", Row, before));
    }

    [Fact]
    public async Task A_prepared_key_seals_nothing_until_it_is_used_and_opens_everywhere()
    {
        using var file = new KeyFileEditor(FilePath);
        Assert.Equal(2, file.Add());
        await Task.Delay(Noticed);

        Assert.Equal((1, 2), (_data.Seal("person.name", Row, "王芳")[1], file.NextKey ?? 0));
        Assert.Empty(file.OldKeys);
        file.Retire();
        Assert.Equal(2, file.NextKey ?? 0);
    }

    [Fact]
    public async Task A_retired_key_opens_nothing_any_more_and_its_number_is_never_used_again()
    {
        var before = _data.Seal("person.name", Row, "王芳");
        using var file = new KeyFileEditor(FilePath);
        file.Use(file.Add());
        Assert.Equal([1], file.OldKeys);
        file.Retire();
        Assert.Empty(file.OldKeys);
        await Task.Delay(Noticed);

        Assert.Equal(2, _data.Seal("person.name", Row, "王芳")[1]);
        Assert.Throws<CryptographicException>(() => _data.Open("person.name", Row, before));
        Assert.Equal(3, file.Add());
    }

    [Fact]
    public void After_255_keys_there_is_no_other()
    {
        TestKeyFile.Write(FilePath, 255, new byte[32], (255, new byte[16]));
        using var file = new KeyFileEditor(FilePath);

        Assert.Contains("255", Assert.Throws<InvalidOperationException>(() => file.Add()).Message);
        Assert.Equal(255, KeyFile.Load(FilePath).CurrentKey);
    }

    [Fact]
    public void One_at_a_time_changes_it()
    {
        using (new KeyFileEditor(FilePath))
        {
            Assert.Throws<IOException>(() => new KeyFileEditor(FilePath));
        }

        using var next = new KeyFileEditor(FilePath);
        Assert.Equal(1, next.CurrentKey);
    }

    [Fact]
    public async Task A_changed_file_keeps_its_owner_and_mode_and_leaves_no_other_copy()
    {
        if (Environment.IsPrivilegedProcess)
        {
            await RunAsync("chown", "65534", FilePath);
        }

        var owner = await RunAsync("stat", "-c", "%u %a", FilePath);
        using (var file = new KeyFileEditor(FilePath))
        {
            file.Use(file.Add());
        }

        Assert.Equal(owner, await RunAsync("stat", "-c", "%u %a", FilePath));
        Assert.Equal([FilePath, $"{FilePath}.lock"], Directory.GetFiles(_folder.FullName).Order());
        Assert.Empty(await File.ReadAllBytesAsync($"{FilePath}.lock"));
    }

    [Theory]
    [InlineData("damaged", "damaged")]
    [InlineData("open", "chmod 600")]
    [InlineData("gone", "keys.json")]
    [InlineData("other", "another index key")]
    public async Task A_file_that_cannot_be_used_is_reported_and_the_keys_known_go_on(string how, string problem)
    {
        var before = _data.Seal("person.name", Row, "王芳");
        switch (how)
        {
            case "damaged":
                await File.WriteAllTextAsync(FilePath, "{");
                break;
            case "open":
                File.SetUnixFileMode(FilePath, File.GetUnixFileMode(FilePath) | UnixFileMode.OtherRead);
                break;
            case "gone":
                File.Delete(FilePath);
                break;
            default:
                TestKeyFile.Write(FilePath, 2, new byte[32], (2, new byte[16]));
                break;
        }

        await Task.Delay(Noticed);

        Assert.Equal(1, _data.Seal("person.name", Row, "王芳")[1]);
        Assert.Equal("王芳", _data.Open("person.name", Row, before));
        Assert.Contains(problem, Assert.Single(_log.Lines));
    }

    [Theory]
    [InlineData("{", UnixFileMode.UserRead, "damaged")]
    [InlineData(null, UnixFileMode.UserRead | UnixFileMode.OtherRead, "chmod 600")]
    public async Task A_file_that_cannot_be_used_is_not_changed_either(string? content, UnixFileMode mode, string problem)
    {
        var before = content ?? await File.ReadAllTextAsync(FilePath);
        await File.WriteAllTextAsync(FilePath, before);
        File.SetUnixFileMode(FilePath, mode);

        Assert.Contains(problem, Assert.Throws<InvalidDataException>(() => new KeyFileEditor(FilePath)).Message);
        Assert.Equal(before, await File.ReadAllTextAsync(FilePath));
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        return text;
    }
}
