using System.Security.Cryptography;
using WuWei.ContentChecks;
using WuWei.Errors;

namespace WuWei.Pictures;

/// <summary>A picture that was uploaded, and what it belongs to since it was attached.</summary>
public sealed record Picture
{
    /// <summary>Of one object.</summary>
    public const int OfOneMax = 9;

    private const int NameBytes = 20;

    public static readonly TimeSpan ForgottenAfter = TimeSpan.FromDays(1);

    public Guid Id { get; init; }

    /// <summary>Of its files, and in its links; says nothing of the picture, and nobody guesses it.</summary>
    public string Name { get; init; } = "";
    public Guid AuthorId { get; init; }
    public ContentState State { get; init; }
    public int Width { get; init; }
    public int Height { get; init; }
    public int Bytes { get; init; }
    public DateTime MadeAt { get; init; }

    /// <summary>What it is a picture of; null until it is attached.</summary>
    public Guid? SubjectId { get; init; }
    public DateTime? ForgetAt { get; init; }

    public static string NewName() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(NameBytes));

    public static bool IsName(string text) =>
        text.Length == NameBytes * 2 && text.All(c => char.IsAsciiDigit(c) || c is >= 'a' and <= 'f');

    /// <summary>The pictures that a request names to be attached, in their order.</summary>
    public static IReadOnlyList<Guid> ReadIds(string field, IReadOnlyCollection<string> texts)
    {
        if (texts.Count > OfOneMax)
        {
            throw Invalid();
        }

        Guid[] ids = [.. texts.Select(text => Faults.IdOf(field, text))];
        return ids.Distinct().Count() == ids.Length ? ids : throw Invalid();

        RefusedException Invalid() => Refuse.Invalid(
            "PICTURES_INVALID", $"最多附 {OfOneMax} 张图片，不能重复。", new FieldFault(field, "图片太多，或有重复。"));
    }

    public static RefusedException Unknown() => Refuse.Missing("PICTURE_UNKNOWN", "没有找到这张图片，请重新上传。");

    public static RefusedException Attached() => Refuse.Premature("PICTURE_ATTACHED", "这张图片已经用过了。");
}
