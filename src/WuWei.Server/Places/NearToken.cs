using System.Globalization;
using WuWei.Calls;
using WuWei.Errors;

namespace WuWei.Places;

/// <summary>Where a page of what is near ended: the cell, and the last row in it. Opaque to callers.</summary>
public sealed record NearToken(GridCell Cell, PageToken Within)
{
    private const int CellLength = 8;

    public static NearToken Read(string text) => text.Length > CellLength
        && int.TryParse(text[..CellLength], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number)
            ? new NearToken(GridCell.OfNumber(number), PageToken.Read(text[CellLength..]))
            : throw Invalid();

    public override string ToString() => $"{Cell.Number:x8}{Within}";

    public static RefusedException Invalid() => Refuse.Invalid("PAGE_TOKEN", "这一页打不开，请从第一页看起。");
}
