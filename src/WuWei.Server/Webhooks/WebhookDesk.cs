using WuWei.Data;
using WuWei.Feeds;
using WuWei.Journal;
using WuWei.Partners;
using WuWei.Privacy;
using WuWei.Time;

namespace WuWei.Webhooks;

/// <summary>What an operator does with webhooks; each act is an entry in the journal.</summary>
public sealed class WebhookDesk(
    Database database, PersonalData personalData, PartnerBook partners, WebhookAddresses addresses, TimeProvider clock)
{
    /// <param name="after">The last number that the partner has; null: what comes from now on.</param>
    /// <returns>The endpoint, and its secret, which is shown here and nowhere else.</returns>
    public async Task<(Webhook Webhook, string Secret)> AddAsync(
        string partnerCode, string url, IReadOnlyCollection<EntryTopic> topics, long? after, CancellationToken cancel)
    {
        var partner = (await partners.GetAsync(cancel)).ById.Values.FirstOrDefault(p => p.Code == partnerCode)
            ?? throw new InvalidOperationException($"There is no partner {partnerCode}.");
        var place = addresses.Read(url) ?? throw new InvalidOperationException(
            "An endpoint has an https address of at most 500 characters, no user in it, at a public host or in one of the "
            + "networks of Webhooks__Networks.");
        var secret = WebhookSigning.NewSecret();
        var id = clock.NewId();
        var webhook = await database.WriteAsync(async db =>
        {
            var now = clock.Now();
            var added = new Webhook
            {
                Id = id,
                PartnerId = partner.Id,
                Url = place.AbsoluteUri,
                Topics = Webhook.Bits(topics),
                Secret = personalData.Seal(WebhookHttp.SecretColumn, id, secret),
                State = WebhookState.Active,
                AddedAt = now,
                SeenUntil = await StartAsync(db, after),
                NextAt = now,
            };
            if (!await db.AddWebhookAsync(added))
            {
                throw new InvalidOperationException(
                    $"A partner has {Webhook.OfPartnerMax} endpoints at most, all have {Webhook.OfAllMax}.");
            }

            db.Record(Entry(now, "WEBHOOK_ADDED", added));
            return added;
        }, cancel);
        return (webhook, secret);
    }

    /// <summary>Every endpoint with its partner's code.</summary>
    public async Task<IReadOnlyList<(Webhook Webhook, string Partner)>> ListAsync(CancellationToken cancel)
    {
        var list = await partners.GetAsync(cancel);
        return
        [
            .. (await database.ReadAsync(db => db.ListWebhooksAsync(), cancel))
                .Select(w => (w, list.Find(w.PartnerId)?.Code ?? $"{w.PartnerId}")),
        ];
    }

    public Task<Webhook> StopAsync(Guid id, CancellationToken cancel) => ChangeAsync(
        id, "WEBHOOK_STOPPED", WebhookState.Stopped, w => w.State == WebhookState.Active, null, cancel);

    /// <param name="after">Where it goes on; null: where it stopped.</param>
    public Task<Webhook> ResumeAsync(Guid id, long? after, CancellationToken cancel) => ChangeAsync(
        id, "WEBHOOK_RESUMED", WebhookState.Active, w => w.State == WebhookState.Stopped, after, cancel);

    public Task<Webhook> RemoveAsync(Guid id, CancellationToken cancel) => ChangeAsync(
        id, "WEBHOOK_REMOVED", WebhookState.Removed, _ => true, null, cancel);

    /// <summary>A new secret; the one before signs beside it for a time.</summary>
    public async Task<(Webhook Webhook, string Secret)> RotateAsync(Guid id, TimeSpan beside, CancellationToken cancel)
    {
        var secret = WebhookSigning.NewSecret();
        var webhook = await database.WriteAsync(async db =>
        {
            var (now, before) = (clock.Now(), await GetAsync(db, id));
            var after = before with
            {
                Secret = personalData.Seal(WebhookHttp.SecretColumn, id, secret),
                OldSecret = personalData.Seal(
                    WebhookHttp.OldSecretColumn, id, personalData.Open(WebhookHttp.SecretColumn, id, before.Secret)),
                OldUntil = now + beside,
            };
            if (!await db.RotateWebhookAsync(before, after))
            {
                throw new ConflictException();
            }

            db.Record(Entry(now, "WEBHOOK_ROTATED", after));
            return after;
        }, cancel);
        return (webhook, secret);
    }

    private Task<Webhook> ChangeAsync(
        Guid id, string kind, WebhookState to, Func<Webhook, bool> from, long? goOnAfter, CancellationToken cancel) =>
        database.WriteAsync(async db =>
        {
            var (now, before) = (clock.Now(), await GetAsync(db, id));
            if (!from(before))
            {
                throw new InvalidOperationException($"The endpoint is {before.State}.");
            }

            var after = before with
            {
                State = to,
                NextAt = now,
                SeenUntil = goOnAfter is null ? before.SeenUntil : await StartAsync(db, goOnAfter),
                BatchUntil = goOnAfter is null ? before.BatchUntil : null,
            };
            if (!await db.ChangeWebhookAsync(before, after))
            {
                // A delivery was begun or taken meanwhile: look again.
                throw new ConflictException();
            }

            db.Record(Entry(now, kind, after));
            return after;
        }, cancel);

    private static async Task<long> StartAsync(DbSession db, long? after)
    {
        var head = (await db.GetHeadAsync()).Number;
        return after is null ? head
            : after >= 0 && after <= head ? after.Value
            : throw new InvalidOperationException($"The journal is at {head}.");
    }

    private static async Task<Webhook> GetAsync(DbSession db, Guid id) =>
        await db.FindWebhookAsync(id) is { State: not WebhookState.Removed } webhook
            ? webhook
            : throw new InvalidOperationException($"There is no endpoint {id}.");

    private static JournalEntry Entry(DateTime now, string kind, Webhook webhook) => JournalEntry.BySystem(
        now, "operator", kind, "webhook", webhook.Id, null,
        new { webhook.PartnerId, state = webhook.State.ToString(), webhook.Topics, webhook.SeenUntil });
}
