using System.Security.Cryptography;
using System.Text;
using WuWei.Privacy;

namespace WuWei.Tests.Privacy;

public sealed class SealedValueTests : IDisposable
{
    private const string Text = "云栖里3幢2单元502室";
    private static readonly Guid Row = Guid.Parse("01890000-0000-7000-8000-000000000001");
    private static readonly byte[] Old = [.. Enumerable.Range(0, 16).Select(i => (byte)i)];
    private static readonly byte[] New = [.. Enumerable.Range(16, 16).Select(i => (byte)i)];
    private static readonly byte[] Index = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wuwei-keys-");
    private readonly PersonalData _data;

    public SealedValueTests() => _data = With(1, (1, Old));

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_sealed_value_says_version_key_and_algorithm_and_opens_where_it_was_sealed()
    {
        var value = _data.Seal("person.name", Row, Text);

        Assert.Equal("010101", Convert.ToHexString(value.AsSpan(0, 3)));
        Assert.Equal(3 + 12 + Encoding.UTF8.GetByteCount(Text) + 16, value.Length);
        Assert.Equal(Text, _data.Open("person.name", Row, value));
        Assert.NotEqual(value, _data.Seal("person.name", Row, Text));
    }

    [Fact]
    public void Moved_to_another_column_or_row_it_does_not_open()
    {
        var value = _data.Seal("person.name", Row, Text);

        Assert.Throws<CryptographicException>(() => _data.Open("person.phone", Row, value));
        Assert.Throws<CryptographicException>(() => _data.Open("person.name", Guid.NewGuid(), value));
    }

    [Fact]
    public void Whatever_bit_is_changed_it_does_not_open()
    {
        var value = _data.Seal("person.name", Row, Text);
        for (var bit = 0; bit < value.Length * 8; bit++)
        {
            var changed = value.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<CryptographicException>(() => _data.Open("person.name", Row, changed));
        }
    }

    [Fact]
    public void However_much_is_cut_off_it_does_not_open()
    {
        var value = _data.Seal("person.name", Row, Text);
        for (var length = 0; length < value.Length; length++)
        {
            Assert.Throws<CryptographicException>(() => _data.Open("person.name", Row, value[..length]));
        }
    }

    [Fact]
    public void With_a_second_key_old_values_open_and_new_ones_are_sealed_with_it()
    {
        var before = _data.Seal("person.name", Row, Text);
        var rotated = With(2, (1, Old), (2, New));

        Assert.Equal(Text, rotated.Open("person.name", Row, before));
        var after = rotated.Seal("person.name", Row, Text);
        Assert.Equal(2, after[1]);
        Assert.Equal(Text, rotated.Open("person.name", Row, after));
        Assert.Throws<CryptographicException>(() => _data.Open("person.name", Row, after));
        // The index key stays, so that people are found by what was indexed before.
        Assert.Equal(_data.Index("phone", "13800000001"), rotated.Index("phone", "13800000001"));
    }

    [Fact]
    public void An_index_is_equal_for_equal_values_of_one_purpose_only()
    {
        Assert.Equal(_data.Index("phone", "13800000001"), _data.Index("phone", "13800000001"));
        Assert.NotEqual(_data.Index("phone", "13800000001"), _data.Index("phone", "13800000002"));
        Assert.NotEqual(_data.Index("phone", "13800000001"), _data.Index("code", "13800000001"));
        Assert.NotEqual(_data.Index("ab", "c"), _data.Index("a", "bc"));
    }

    private PersonalData With(byte current, params (byte, byte[])[] keys)
    {
        var path = Path.Combine(_folder.FullName, $"{Guid.NewGuid():n}.json");
        TestKeyFile.Write(path, current, Index, keys);
        return new PersonalData(KeyFile.Load(path));
    }
}
