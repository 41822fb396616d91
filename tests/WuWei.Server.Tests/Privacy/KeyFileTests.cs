using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Crypto.Digests;
using WuWei.Privacy;

namespace WuWei.Tests.Privacy;

public sealed class KeyFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wuwei-keys-");

    private string FilePath => Path.Combine(_folder.FullName, "keys.json");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_new_file_is_readable_by_its_owner_only_and_never_overwritten()
    {
        Assert.True(KeyFile.Create(FilePath));
        var first = File.ReadAllText(FilePath);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));

        Assert.False(KeyFile.Create(FilePath));

        Assert.Equal(first, File.ReadAllText(FilePath));
        Assert.Equal([FilePath], Directory.GetFiles(_folder.FullName));
        Assert.Equal(1, KeyFile.Load(FilePath).CurrentKey);
    }

    [Fact]
    public void Two_new_files_hold_different_keys()
    {
        KeyFile.Create(FilePath);
        KeyFile.Create(FilePath + "2");

        Assert.NotEqual(KeyFile.Load(FilePath).Mac("x"u8), KeyFile.Load(FilePath + "2").Mac("x"u8));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.GroupWrite)]
    public void A_file_open_to_others_is_refused(UnixFileMode mode)
    {
        KeyFile.Create(FilePath);
        File.SetUnixFileMode(FilePath, File.GetUnixFileMode(FilePath) | mode);

        Assert.Contains("600", Assert.Throws<InvalidDataException>(() => KeyFile.Load(FilePath)).Message);
    }

    [Theory]
    [InlineData(15, 32, 1)]
    [InlineData(17, 32, 1)]
    [InlineData(16, 31, 1)]
    [InlineData(16, 0, 1)]
    [InlineData(16, 32, 2)]
    public void Keys_of_a_wrong_length_or_without_the_current_one_are_refused(int key, int index, byte current)
    {
        TestKeyFile.Write(FilePath, current, new byte[index], (1, new byte[key]));

        Assert.Throws<InvalidDataException>(() => KeyFile.Load(FilePath));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{")]
    [InlineData("[1]")]
    [InlineData("""{"current":1,"keys":[{"id":1,"key":"not base64"}],"indexKey":""}""")]
    [InlineData("""{"current":1,"keys":[null],"indexKey":null}""")]
    public void A_file_that_is_none_is_refused_in_words(string content)
    {
        File.WriteAllText(FilePath, content);
        File.SetUnixFileMode(FilePath, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        Assert.Throws<InvalidDataException>(() => KeyFile.Load(FilePath));
    }

    [Fact]
    public void The_same_key_twice_is_refused()
    {
        TestKeyFile.Write(FilePath, 1, new byte[32], (1, new byte[16]), (1, new byte[16]));

        Assert.Throws<InvalidDataException>(() => KeyFile.Load(FilePath));
    }

    /// <summary>RFC 8998, appendix A.</summary>
    [Fact]
    public void Sealing_is_sm4_gcm()
    {
        var key = Convert.FromHexString("0123456789ABCDEFFEDCBA9876543210");
        var nonce = Convert.FromHexString("00001234567800000000ABCD");
        var plain = Convert.FromHexString(
            "AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBBCCCCCCCCCCCCCCCCDDDDDDDDDDDDDDDD"
            + "EEEEEEEEEEEEEEEEFFFFFFFFFFFFFFFFEEEEEEEEEEEEEEEEAAAAAAAAAAAAAAAA");
        var associated = Convert.FromHexString("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2");
        var expected = Convert.FromHexString(
            "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735"
            + "D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D"
            + "83DE3541E4C2B58177E065A9BF7B62EC");
        TestKeyFile.Write(FilePath, 7, new byte[32], (7, key));
        var keys = KeyFile.Load(FilePath);

        Assert.Equal(expected, keys.Encrypt(7, nonce, plain, associated));
        Assert.Equal(plain, keys.Decrypt(7, nonce, expected, associated));
    }

    /// <summary>
    /// By the definition in RFC 2104, from the bare hash; which is checked by GB/T 32905's own example.
    /// </summary>
    [Fact]
    public void Indexes_are_hmac_sm3()
    {
        Assert.Equal(
            "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
            Convert.ToHexStringLower(Sm3("abc"u8.ToArray())));
        var key = Enumerable.Range(1, 32).Select(i => (byte)i).ToArray();
        TestKeyFile.Write(FilePath, 1, key, (1, new byte[16]));
        var text = Encoding.UTF8.GetBytes("要找到的话");

        byte[] inner = [.. Pad(0x36), .. text];
        Assert.Equal(Sm3([.. Pad(0x5C), .. Sm3(inner)]), KeyFile.Load(FilePath).Mac(text));

        byte[] Pad(byte with) => [.. key.Concat(new byte[32]).Select(b => (byte)(b ^ with))];
    }

    [Fact]
    public void A_key_that_is_not_in_the_file_opens_nothing()
    {
        KeyFile.Create(FilePath);

        Assert.Throws<CryptographicException>(() => KeyFile.Load(FilePath).Decrypt(9, new byte[12], new byte[32], []));
    }

    private static byte[] Sm3(byte[] text)
    {
        var digest = new SM3Digest();
        digest.BlockUpdate(text, 0, text.Length);
        var hash = new byte[digest.GetDigestSize()];
        digest.DoFinal(hash, 0);
        return hash;
    }
}
