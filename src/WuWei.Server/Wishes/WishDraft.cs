using WuWei.Errors;
using WuWei.Identity;
using WuWei.Places;
using WuWei.Privacy;

namespace WuWei.Wishes;

/// <summary>A wish as its maker typed it, with all its faults at once.</summary>
public sealed record WishDraft(
    string Title, string Text, int EffortMinutes, bool Remote, WishVisibility Visibility, WishOrigin Origin,
    WishContact? Contact, WishBeneficiary? Beneficiary, Consent Consent, DateTime DeadlineAt, GridCell? Cell)
{
    public const int TitleLengthMax = 40;
    public const int TextLengthMax = 2_500;

    private const int DeadlineDays = 180;
    private const int DeadlineDaysMax = 365;

    /// <param name="ownPhone">What a contact without a phone means; null when it must have one.</param>
    public static WishDraft Read(Wire.MakeWishRequest request, string? ownPhone, DateTime now)
    {
        var faults = new Faults();
        var title = faults.Text("title", request.Title, 2, TitleLengthMax);
        var text = faults.Text("text", request.Text, 5, TextLengthMax, lines: true);
        var effort = faults.Range("effort_minutes", request.EffortMinutes, 5, 1_440);
        var visibility = request.Visibility == Wire.WishVisibility.Unspecified
            ? WishVisibility.Public
            : faults.Enum<WishVisibility>("visibility", (int)request.Visibility);
        var origin = request.Origin == Wire.WishOrigin.Unspecified
            ? WishOrigin.Resident
            : faults.Enum<WishOrigin>("origin", (int)request.Origin);
        if (origin == WishOrigin.Import)
        {
            faults.Add("origin", "只有导入程序可以这样发布。");
        }

        var cell = ReadCell(request, faults);
        var contact = ReadContact(request, ownPhone, faults);
        var beneficiary = ReadBeneficiary(request, origin, faults);
        faults.ThrowIfAny("WISH_INVALID", "有些内容没有填对，请检查。");

        var consent = Faults.EnumOf<Consent>((int)(request.Beneficiary?.Consent ?? Wire.Consent.Unspecified));
        if (beneficiary is not null && consent is null)
        {
            throw Refuse.Invalid(
                "WISH_CONSENT", "请说明当事人是怎样同意的。", new FieldFault("beneficiary.consent", "必选。"));
        }

        return new WishDraft(
            title, text, effort, request.Remote, visibility, origin, contact, beneficiary, consent ?? Consent.Unspecified,
            ReadDeadline(request, now), cell);
    }

    /// <summary>What an ended wish would say if it were made again now, with as much time as it had.</summary>
    public static WishDraft Of(Wish old, PersonalData data, DateTime now)
    {
        var content = WishContent.Of(old, data);
        return new WishDraft(
            content.Title, content.Text, old.EffortMinutes, old.Remote, old.Visibility, old.Origin,
            WishContact.Of(old, data), WishBeneficiary.Of(old, data), old.Consent, now + (old.DeadlineAt - old.MadeAt),
            old.Cell is { } cell ? GridCell.OfNumber(cell) : null);
    }

    private static GridCell? ReadCell(Wire.MakeWishRequest request, Faults faults)
    {
        if (request.Point is not { } given)
        {
            return null;
        }

        var point = new Point(
            faults.Range("point.latitude", given.Latitude, Point.SouthEnd, Point.NorthEnd - 1),
            faults.Range("point.longitude", given.Longitude, Point.WestEnd, Point.EastEnd - 1));
        return GridCell.Of(point);
    }

    private static WishContact? ReadContact(Wire.MakeWishRequest request, string? ownPhone, Faults faults) =>
        request.Contact is not { } contact ? null : new WishContact(
            faults.Text("contact.name", contact.Name, 1, Person.NameLengthMax),
            contact.Phone.Length == 0 && ownPhone is not null ? ownPhone : faults.Phone("contact.phone", contact.Phone),
            faults.Text("contact.address", contact.Address, request.Remote ? 0 : 2, 100));

    private static WishBeneficiary? ReadBeneficiary(Wire.MakeWishRequest request, WishOrigin origin, Faults faults)
    {
        if (request.Beneficiary is not { } beneficiary)
        {
            if (origin is WishOrigin.Family or WishOrigin.GridWorker)
            {
                faults.Add("beneficiary", "请填写为谁许的心愿。");
            }

            return null;
        }

        if (origin == WishOrigin.Resident)
        {
            faults.Add("beneficiary", "为自己许的心愿不用填写。");
        }

        return new WishBeneficiary(
            faults.Text("beneficiary.name", beneficiary.Name, 1, Person.NameLengthMax),
            faults.Mobile("beneficiary.phone", beneficiary.Phone));
    }

    private static DateTime ReadDeadline(Wire.MakeWishRequest request, DateTime now)
    {
        var deadline = Faults.TimeOf("deadline_at", request.DeadlineAt) ?? now.AddDays(DeadlineDays);
        return deadline >= now.AddDays(1) && deadline <= now.AddDays(DeadlineDaysMax)
            ? deadline
            : throw Refuse.Invalid(
                "WISH_DEADLINE", $"期限要在 1 到 {DeadlineDaysMax} 天之内。", new FieldFault("deadline_at", "超出范围。"));
    }
}
