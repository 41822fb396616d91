using System.Text.Encodings.Web;
using System.Text.Json;
using WuWei.Privacy;

namespace WuWei.Wishes;

/// <summary>What a wish says. Sealed as one value when the wish is private or its category sensitive.</summary>
public sealed record WishContent(string Title, string Text, IReadOnlyDictionary<string, string> Answers)
{
    private const string Column = "wish.content";
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly Dictionary<string, string> NoAnswers = [];

    public static WishContent Of(Wish wish, PersonalData data) => wish.Content is { } sealedContent
        ? JsonSerializer.Deserialize<WishContent>(data.Open(Column, wish.Id, sealedContent), Json)!
        : new WishContent(
            wish.Title!, wish.Text!,
            wish.Answers is null ? NoAnswers : JsonSerializer.Deserialize<Dictionary<string, string>>(wish.Answers, Json)!);

    public Wish Into(Wish wish, PersonalData data) => wish.Sensitive || wish.Visibility == WishVisibility.Private
        ? wish with { Content = data.Seal(Column, wish.Id, JsonSerializer.Serialize(this, Json)) }
        : wish with
        {
            Title = Title,
            Text = Text,
            Answers = Answers.Count == 0 ? null : JsonSerializer.Serialize(Answers, Json),
        };
}

/// <summary>Who and where to reach; always sealed.</summary>
public sealed record WishContact(string Name, string Phone, string Address)
{
    private const string Column = "wish.contact";

    public static WishContact? Of(Wish wish, PersonalData data) => wish.Contact is null
        ? null
        : JsonSerializer.Deserialize<WishContact>(data.Open(Column, wish.Id, wish.Contact));

    public byte[] Seal(Guid wishId, PersonalData data) => data.Seal(Column, wishId, JsonSerializer.Serialize(this));
}

/// <summary>For whom a wish is made; always sealed. Found by the blind index of the phone.</summary>
public sealed record WishBeneficiary(string Name, string Phone)
{
    private const string Column = "wish.beneficiary";

    public static WishBeneficiary? Of(Wish wish, PersonalData data) => wish.Beneficiary is null
        ? null
        : JsonSerializer.Deserialize<WishBeneficiary>(data.Open(Column, wish.Id, wish.Beneficiary));

    public byte[] Seal(Guid wishId, PersonalData data) => data.Seal(Column, wishId, JsonSerializer.Serialize(this));
}
