using WuWei.Data;
using WuWei.Journal;
using WuWei.Organization;
using WuWei.Points;

namespace WuWei.Wishes;

/// <summary>What a claim earns its claimer, in the transaction that makes it so.</summary>
public sealed class WishPayment(Payer payer)
{
    /// <summary>The wish was said to be kept, or nobody said otherwise; and it may have been rated with that.</summary>
    public Task PayKeptAsync(DbSession db, Wish kept, UnitTree tree, PointsRuleBook book, JournalEntry cause)
    {
        var earned = Earned(kept, KeptBy(kept));
        return payer.PayAsync(
            db, RulesOf(kept, tree, book, cause), kept.Rating is null ? [earned] : [earned, Rated(kept)], cause);
    }

    /// <summary>Whom it was for rated it later.</summary>
    public Task PayRatedAsync(DbSession db, Wish rated, UnitTree tree, PointsRuleBook book, JournalEntry cause) =>
        payer.PayAsync(db, RulesOf(rated, tree, book, cause), [Rated(rated)], cause);

    /// <summary>It was not kept after all: what the claim earned is taken back.</summary>
    public Task TakeBackAsync(DbSession db, Wish kept, JournalEntry cause) =>
        payer.TakeBackAsync(db, kept.ClaimId!.Value, cause);

    private static PointsRules RulesOf(Wish wish, UnitTree tree, PointsRuleBook book, JournalEntry cause) =>
        book.At(tree.DistrictOf(tree.Get(wish.UnitId)).Id, cause.At);

    private static Earning Rated(Wish wish) => Earned(wish, RatedBy(wish.Rating!.Value));

    private static Earning Earned(Wish wish, PointsAct act) => new(
        act, wish.ClaimerId!.Value, AccountKind.Person, wish.ClaimId!.Value, wish.Id, Served(wish),
        wish.CreditedUnitId!.Value, wish.KeptAt - wish.ClaimedAt, wish.ClaimSuspicion);

    /// <summary>
    /// Who was served: the maker, or the phone that it was made for, which stands for a person with or without an account.
    /// </summary>
    private static Guid? Served(Wish wish) => wish switch
    {
        { BeneficiaryIndex: { } index } => Award.OtherOf(index),
        { Origin: WishOrigin.Resident } => wish.MakerId,
        _ => null,
    };

    private static PointsAct KeptBy(Wish wish) => wish switch
    {
        { AutoConfirmed: true } => PointsAct.WishAutoConfirmed,
        { ClaimKind: ClaimerKind.PartyMember } => PointsAct.WishKeptByPartyMember,
        { ClaimKind: ClaimerKind.Volunteer } => PointsAct.WishKeptByVolunteer,
        { ClaimKind: ClaimerKind.OrganisationMember } => PointsAct.WishKeptByOrganisationMember,
        _ => PointsAct.WishKeptByNeighbour,
    };

    private static PointsAct RatedBy(int rating) => (PointsAct)((int)PointsAct.WishRated1 + rating - 1);
}
