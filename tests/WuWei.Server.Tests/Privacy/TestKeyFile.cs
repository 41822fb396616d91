using System.Text.Json;

namespace WuWei.Tests.Privacy;

/// <summary>A key file with the keys a test wants.</summary>
internal static class TestKeyFile
{
    public static void Write(string path, byte current, byte[] index, params (byte Id, byte[] Key)[] keys)
    {
        File.WriteAllText(path, JsonSerializer.Serialize(new
        {
            current,
            keys = keys.Select(k => new { id = k.Id, key = k.Key }),
            indexKey = index,
        }));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
