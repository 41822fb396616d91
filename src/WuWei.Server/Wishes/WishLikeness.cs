using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using WuWei.ContentChecks;
using WuWei.Privacy;

namespace WuWei.Wishes;

/// <summary>
/// What a wish says, as far as it can be compared with another: its characters and the pairs of neighbouring ones, without
/// what everybody writes. Two that share half of what either says are mostly the same wish.
/// </summary>
public sealed partial class WishLikeness
{
    /// <summary>From here on somebody should look; see the tests for how often it is right.</summary>
    public const int ScoreMin = 30;

    /// <summary>What one says further down tells it from others less.</summary>
    private const int TextLengthMax = 400;

    private const int PairsOfTextKept = 24;
    private const int PairsOfTextSought = 64;

    private readonly HashSet<char> _characters = [];
    private readonly HashSet<int> _ofTitle = [];
    private readonly HashSet<int> _ofText = [];

    public WishLikeness(string title, string text)
    {
        Read(title, _ofTitle);
        Read(text.Length > TextLengthMax ? text[..TextLengthMax] : text, _ofText);
        _ofText.ExceptWith(_ofTitle);
    }

    private int Pairs => _ofTitle.Count + _ofText.Count;

    /// <summary>0 to 100: half by the characters that both have, half by how much of the shorter one is in the other.</summary>
    public int ScoreWith(WishLikeness other)
    {
        if (Pairs == 0 || other.Pairs == 0)
        {
            return 0;
        }

        var characters = 2.0 * _characters.Count(other._characters.Contains)
            / (_characters.Count + other._characters.Count);
        var pairs = (double)(_ofTitle.Count(other.Has) + _ofText.Count(other.Has)) / Math.Min(Pairs, other.Pairs);
        return (int)Math.Round(50 * (characters + pairs));
    }

    /// <summary>
    /// Keyed hashes by which it is found: all pairs of its title, and of its text those whose hashes are smallest, so that
    /// two texts that share many share some of these.
    /// </summary>
    public IReadOnlyList<uint> Marks(PersonalData data) => Marks(data, PairsOfTextKept);

    /// <summary>The same of one that is looked for, with more of its text.</summary>
    public IReadOnlyList<uint> Sought(PersonalData data) => Marks(data, PairsOfTextSought);

    private uint[] Marks(PersonalData data, int pairsOfText)
    {
        var key = data.Index("wish-mark", "");
        return
        [
            .. _ofTitle.Select(pair => Mark(key, pair))
                .Concat(_ofText.Select(pair => Mark(key, pair)).Order().Take(pairsOfText)).Distinct(),
        ];
    }

    private static uint Mark(byte[] key, int pair)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, pair);
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, bytes, hash);
        return BinaryPrimitives.ReadUInt32BigEndian(hash);
    }

    private bool Has(int pair) => _ofTitle.Contains(pair) || _ofText.Contains(pair);

    private void Read(string text, HashSet<int> pairs)
    {
        foreach (var part in Said().Split(Folding.Of(text)))
        {
            _characters.UnionWith(part);
            for (var i = 0; i + 1 < part.Length; i++)
            {
                pairs.Add((part[i] << 16) | part[i + 1]);
            }
        }
    }

    /// <summary>What separates words, and words that say nothing about what is wished for.</summary>
    [GeneratedRegex(
        """
        [^\p{L}\p{N}]+|希望|想请|请人|请|帮忙|帮我|帮|麻烦|谢谢|您好|你好|想要|想|求|需要|能不能|可以|我们|我家|家里|我|有人|一下|一个|一直|老是
        |没有|现在|大家|很|太|了|的|在|是|也|都|就|和|有|没|不会|不
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Said();
}
