using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Journal;
using WuWei.Organization;
using WuWei.Privacy;
using WuWei.Time;
using WuWei.Wishes;

namespace WuWei.Operator;

/// <summary>
/// Takes answered messages of another system over as wishes: made when posted, delivered when answered, kept by
/// auto-confirmation seven days later, without claimer and points, counted apart. A message always goes to the same
/// community: the one its id's hash names.
/// </summary>
public sealed class MessageImport(
    Database database, PersonalData personalData, Units units, Categories categories, TimeProvider clock)
{
    private const int NoteLengthMax = 8_000;
    private const int DeadlineDays = 180;
    private const int BatchSize = 100;
    private static readonly TimeSpan AutoConfirmedAfter = TimeSpan.FromDays(7);

    public async Task<MessageReport> ImportAsync(
        FileInfo file, string? districtCode, Action<int, int> progress, CancellationToken cancel)
    {
        var rows = CsvRows.Read(file, "id", "title", "posted_at", "body", "reply", "replied_at");
        var tree = await units.TreeAsync(cancel);
        var district = District(tree, districtCode);
        // Where residents are at home and an audience starts: its communities, in an order that adding more below
        // them does not change.
        var communities = tree.All
            .Where(u => u.IsWithin(district.Id) && u.Kind is { Home: true, Audience: true } && !u.Closed)
            .OrderBy(u => u.Codes.FirstOrDefault(c => c.System == UnitImport.System)?.Code, StringComparer.Ordinal)
            .ThenBy(u => u.Id).ToList();
        if (communities.Count == 0)
        {
            throw new InvalidOperationException($"{district.Name} has no communities.");
        }

        var category = (await categories.BookAsync(cancel)).Find(district.Id, DefaultCategories.Imported)
            ?? throw new InvalidOperationException($"{district.Name} has no category {DefaultCategories.Imported}.");

        var refused = new List<(int, string)>();
        var seen = new HashSet<string>();
        var (added, there, done) = (0, 0, 0);
        foreach (var batch in rows.Chunk(BatchSize))
        {
            var messages = new List<Message>();
            foreach (var row in batch)
            {
                var (message, fault) = Read(row, clock.Now());
                fault ??= seen.Add(row["id"]) ? null : "the id was there before";
                if (fault is not null)
                {
                    refused.Add((row.Line, fault));
                    continue;
                }

                messages.Add(message!);
            }

            var known = await database.ReadAsync(db => KnownAsync(db, messages), cancel);
            var fresh = messages.Where(m => !known.Contains(m.Ref)).ToList();
            if (fresh.Count > 0)
            {
                await database.WriteAsync(async db =>
                {
                    foreach (var message in fresh)
                    {
                        await AddAsync(db, message, Spread(message.Ref, communities), category);
                    }

                    return true;
                }, cancel);
            }

            added += fresh.Count;
            there += known.Count;
            done += batch.Length;
            progress(done, rows.Count);
        }

        return new MessageReport(rows.Count, added, there, refused);
    }

    private async Task AddAsync(DbSession db, Message message, Unit community, Category category)
    {
        var keptAt = message.RepliedAt + AutoConfirmedAfter;
        var wish = new WishContent(message.Title, message.Body, new Dictionary<string, string>()).Into(new Wish
        {
            Id = clock.NewId(),
            UnitId = community.Id,
            AudienceUnitId = community.Id,
            CategoryId = category.Id,
            Status = WishStatus.Kept,
            Version = 3,
            Origin = WishOrigin.Import,
            Visibility = WishVisibility.Public,
            Sensitive = category.Rules!.Sensitive,
            MadeAt = message.PostedAt,
            ClockFrom = keptAt,
            OpenedAt = message.PostedAt,
            DeliveredAt = message.RepliedAt,
            DeliveredStep = 2,
            KeptAt = keptAt,
            DeadlineAt = message.PostedAt.AddDays(DeadlineDays),
            AutoConfirmed = true,
            ImportRef = message.Ref,
        }, personalData);
        await db.AddImportedAsync(personalData, wish, message.Reply, JournalEntry.BySystem(
            clock.Now(), "operator", "WISH_IMPORTED", "wish", wish.Id, wish.UnitId, new
            {
                wish.ImportRef,
                wish.MadeAt,
                wish.DeliveredAt,
                note = personalData.Hash(message.Reply),
            }));
    }

    private static async Task<HashSet<string>> KnownAsync(DbSession db, List<Message> messages)
    {
        var known = new HashSet<string>();
        foreach (var message in messages)
        {
            if (await db.HasImportedAsync(message.Ref))
            {
                known.Add(message.Ref);
            }
        }

        return known;
    }

    /// <summary>The message of a row, or what is odd about it.</summary>
    private static (Message? Message, string? Fault) Read(CsvRow row, DateTime now)
    {
        var (id, title, body, reply) = (row["id"], Faults.Tidy(row["title"]), Faults.Tidy(row["body"]), Faults.Tidy(row["reply"]));
        var fault =
            id.Length is 0 or > 40 || !id.All(char.IsAsciiLetterOrDigit) ? "the id is empty, long or not plain"
            : title.Length == 0 ? "the title is empty"
            : body.Length == 0 ? "the body is empty"
            : reply.Length == 0 ? "the reply is empty"
            : Faults.Length(title) > WishDraft.TitleLengthMax ? $"the title has over {WishDraft.TitleLengthMax} characters"
            : Faults.Length(body) > WishDraft.TextLengthMax ? $"the body has over {WishDraft.TextLengthMax} characters"
            : Faults.Length(reply) > NoteLengthMax ? $"the reply has over {NoteLengthMax} characters"
            : !Faults.IsPlain(title, lines: false) || !Faults.IsPlain(body, lines: true)
                || !Faults.IsPlain(reply, lines: true) ? "control or bidirectional characters"
            : null;
        if (fault is not null)
        {
            return (null, fault);
        }

        if (!TryTime(row["posted_at"], out var postedAt) || !TryTime(row["replied_at"], out var repliedAt))
        {
            return (null, "a time is missing or not like 2019-04-25T09:32:09");
        }

        return repliedAt < postedAt ? (null, "answered before it was posted")
            : repliedAt + AutoConfirmedAfter > now ? (null, "answered less than seven days ago")
            : (new Message($"messages:{id}", title, body, reply, postedAt, repliedAt), null);
    }

    private static Unit District(UnitTree tree, string? code)
    {
        var districts = tree.All.Where(u => u.Kind.Categories && !u.Closed).ToList();
        return code is not null
            ? districts.FirstOrDefault(u => u.Codes.Contains(new UnitCode(UnitImport.System, code)))
                ?? throw new InvalidOperationException($"No district has the code {code}.")
            : districts.Count == 1 ? districts[0]
            : throw new InvalidOperationException($"There are {districts.Count} districts; name one with --district.");
    }

    private static Unit Spread(string importRef, List<Unit> communities) => communities[(int)(
        BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(importRef))) % communities.Count)];

    private static bool TryTime(string text, out DateTime utc)
    {
        var read = DateTime.TryParseExact(
            text, "yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var local);
        utc = read && local.Year > 1990 ? Clock.FromChina(local) : default;
        return utc != default;
    }

    private sealed record Message(
        string Ref, string Title, string Body, string Reply, DateTime PostedAt, DateTime RepliedAt);
}

/// <param name="Refused">Lines left out, and why.</param>
public sealed record MessageReport(int Rows, int Added, int There, IReadOnlyList<(int Line, string Reason)> Refused);
