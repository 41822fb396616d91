using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Google.Protobuf;
using WuWei.Data;

namespace WuWei.Boards;

/// <summary>A board as it is sent.</summary>
/// <param name="Version">Another one when anything on it is.</param>
public sealed record KeptBoard(BoardChoice Choice, Wire.GetBoardResponse Answer, string Version);

/// <summary>The boards that many look at, as they are sent.</summary>
public sealed class KeptBoards(BoardReader reader)
{
    private const int VersionBytes = 12;

    private static readonly ConditionalWeakTable<Wire.GetBoardResponse, byte[]> Written = [];

    private readonly Kept<(BoardChoice Choice, int Top), KeptBoard> _kept = new(k => ReadAsync(reader, k.Choice, k.Top));

    /// <summary>What is sent for an answer that is kept; null for any other.</summary>
    public static byte[]? BytesOf(Wire.GetBoardResponse answer) => Written.TryGetValue(answer, out var bytes) ? bytes : null;

    /// <param name="ageMax">An older one is read anew.</param>
    public ValueTask<KeptBoard> GetAsync(BoardChoice choice, int top, TimeSpan ageMax, CancellationToken cancel) =>
        _kept.GetAsync((choice, top), ageMax, cancel);

    private static async Task<KeptBoard> ReadAsync(BoardReader reader, BoardChoice choice, int top)
    {
        var answer = new Wire.GetBoardResponse { Board = await reader.TopAsync(choice, top, CancellationToken.None) };
        var bytes = answer.ToByteArray();
        Written.Add(answer, bytes);
        return new KeptBoard(
            choice, answer, Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, VersionBytes)));
    }
}
