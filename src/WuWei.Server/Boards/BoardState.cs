using System.Security.Cryptography;
using WuWei.Data;
using WuWei.Organization;

namespace WuWei.Boards;

/// <summary>How far the boards have followed the ledger.</summary>
public sealed record BoardState
{
    /// <summary>The last number of the journal whose transfers are in the scores.</summary>
    public long Number { get; init; }

    /// <summary>What ended on this day or before is settled.</summary>
    public DateTime SettledOn { get; init; }

    /// <summary>Which unit lies below which in the scores, as <see cref="HashOf"/>.</summary>
    public byte[] Tree { get; init; } = [];

    public Guid Generation { get; init; }

    /// <summary>The last account that the running rebuild is through with; null when none runs.</summary>
    public Guid? RebuiltTo { get; init; }

    /// <summary>A record compares hashes by reference.</summary>
    public bool IsSame(BoardState other) => other with { Tree = Tree } == this && IsOf(other.Tree);

    public bool IsOf(byte[] tree) => Tree.AsSpan().SequenceEqual(tree);

    /// <summary>Changes when a credit would count for other units than before; not when one is renamed.</summary>
    public static byte[] HashOf(UnitTree tree)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var unit in tree.All.OrderBy(u => u.Id))
        {
            hash.AppendData(unit.Id.ToByteArray());
            foreach (var open in unit.Path.Where(id => !tree.Get(id).Closed))
            {
                hash.AppendData(open.ToByteArray());
            }
        }

        return hash.GetHashAndReset();
    }
}

/// <summary>
/// Every SQL statement on the state of the boards. Whoever writes scores moves it in the same transaction.
/// </summary>
public static class BoardStateStore
{
    private const string Select =
        """
        SELECT CAST(number AS SIGNED) AS number, settled_on, tree, generation, rebuilt_to FROM board_state WHERE id = 1
        """;

    public static async Task<BoardState> GetBoardStateAsync(this DbSession db) =>
        await db.FindAsync<BoardState>(Select) ?? throw Gone();

    /// <summary>The same, and until the end of the transaction nobody else feeds, settles or rebuilds.</summary>
    public static async Task<BoardState> LockBoardStateAsync(this DbSession db) =>
        await db.FindAsync<BoardState>($"{Select} FOR UPDATE") ?? throw Gone();

    /// <summary>Stores where the boards are, unless another copy was faster: then it starts over.</summary>
    public static async Task MoveBoardsAsync(this DbSession db, BoardState from, BoardState to)
    {
        if (await db.ExecuteAsync(
            """
            UPDATE board_state
            SET number = @Number, settled_on = @SettledOn, tree = @Tree, generation = @Generation,
              rebuilt_to = @RebuiltTo
            WHERE id = 1 AND number = @number0 AND settled_on = @settled0 AND tree = @tree0
              AND generation = @generation0 AND rebuilt_to <=> @rebuilt0
            """,
            new
            {
                to.Number,
                to.SettledOn,
                to.Tree,
                to.Generation,
                to.RebuiltTo,
                number0 = from.Number,
                settled0 = from.SettledOn,
                tree0 = from.Tree,
                generation0 = from.Generation,
                rebuilt0 = from.RebuiltTo,
            }) == 0)
        {
            throw new ConflictException();
        }
    }

    private static InvalidOperationException Gone() => new("The boards have no state row.");
}
