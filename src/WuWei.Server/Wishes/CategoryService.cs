using WuWei.Calls;
using WuWei.Errors;
using WuWei.Journal;
using WuWei.Organization;
using WuWei.Time;

namespace WuWei.Wishes;

/// <summary>The wire of categories.proto.</summary>
public sealed class CategoryService(KeyedWriter writer, Units units, Categories categories, TimeProvider clock)
    : Wire.CategoryService.CategoryServiceBase
{
    public override async Task<Wire.ListCategoriesResponse> ListCategories(
        Wire.ListCategoriesRequest request, ServerCallContext context)
    {
        var tree = await units.TreeAsync(context.CancellationToken);
        var district = tree.DistrictOf(tree.Get(Faults.IdOf("unit_id", request.UnitId)));
        var book = await categories.BookAsync(context.CancellationToken);
        return new Wire.ListCategoriesResponse { Categories = { book.Of(district.Id).Select(ToWire) } };
    }

    public override async Task<Wire.AddCategoryResponse> AddCategory(
        Wire.AddCategoryRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var wire = request.Category ?? new Wire.Category();
        var tree = await units.TreeAsync(context.CancellationToken);
        var district = tree.Get(Faults.IdOf("category.district_id", wire.DistrictId));
        var book = await categories.BookAsync(context.CancellationToken);
        if (wire.Id.Length > 0)
        {
            throw Refuse.Invalid("CATEGORY_INVALID", "新类别不要带编号。", new FieldFault("category.id", "应为空。"));
        }

        return await WriteAsync(context, request, district, async db =>
        {
            if (book.Of(district.Id).Count() >= Category.CountMax)
            {
                throw Refuse.Invalid("CATEGORY_TOO_MANY", $"一个区最多 {Category.CountMax} 个类别。");
            }

            var category = CategoryReader.Read(wire, clock.NewId(), district.Id, ParentOf(wire, district, book));
            await db.AddCategoryAsync(category);
            db.Record(Entry(call, "CATEGORY_ADDED", category));
            return new Wire.AddCategoryResponse { Category = ToWire(category) };
        });
    }

    public override async Task<Wire.UpdateCategoryResponse> UpdateCategory(
        Wire.UpdateCategoryRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var wire = request.Category ?? new Wire.Category();
        var book = await categories.BookAsync(context.CancellationToken);
        var known = book.Get(Faults.IdOf("category.id", wire.Id));
        var tree = await units.TreeAsync(context.CancellationToken);
        var category = CategoryReader.Read(wire, known.Id, known.DistrictId, known.ParentId) with
        {
            Version = wire.Version + 1,
        };
        if (category.Code != known.Code)
        {
            throw Refuse.Invalid("CATEGORY_INVALID", "类别代码不能改。", new FieldFault("category.code", "不能改。"));
        }

        return await WriteAsync(context, request, tree.Get(known.DistrictId), async db =>
        {
            await db.UpdateCategoryAsync(category, wire.Version);
            db.Record(Entry(call, "CATEGORY_UPDATED", category));
            return new Wire.UpdateCategoryResponse { Category = ToWire(category) };
        });
    }

    private async Task<TReply> WriteAsync<TReply>(
        ServerCallContext context, Google.Protobuf.IMessage request, Unit district,
        Func<Data.DbSession, Task<TReply>> block)
        where TReply : class, Google.Protobuf.IMessage<TReply>, new()
    {
        context.Call().Demand(Relation.None, district.Path);
        var reply = await writer.WriteAsync(context, request, block, again: (_, first) => Task.FromResult(first));
        categories.Forget();
        return reply;
    }

    private static Guid? ParentOf(Wire.Category wire, Unit district, CategoryBook book)
    {
        if (!district.Kind.Categories)
        {
            throw Refuse.Invalid(
                "CATEGORY_INVALID", "类别只能建在区一级。", new FieldFault("category.district_id", "不是区。"));
        }

        if (wire.ParentId.Length == 0)
        {
            return null;
        }

        var parent = book.Get(Faults.IdOf("category.parent_id", wire.ParentId));
        return parent.DistrictId == district.Id && parent.ParentId is null
            ? parent.Id
            : throw Refuse.Invalid(
                "CATEGORY_INVALID", "类别只有两级，同属一个区。", new FieldFault("category.parent_id", "应为本区的一级类别。"));
    }

    /// <summary>Whole, because it is nobody's personal data and the row is overwritten.</summary>
    private static JournalEntry Entry(Call call, string kind, Category category) => JournalEntry.By(
        call, "staff", kind, "category", category.Id, category.DistrictId, category);

    private static Wire.Category ToWire(Category category)
    {
        var wire = new Wire.Category
        {
            Id = category.Id.ToString(),
            DistrictId = category.DistrictId.ToString(),
            ParentId = category.ParentId?.ToString() ?? "",
            Code = category.Code,
            Name = category.Name,
            Position = category.Position,
            Active = category.Active,
            Version = category.Version,
        };
        if (category.Rules is { } rules)
        {
            wire.NeedsReview = rules.NeedsReview;
            wire.Sensitive = rules.Sensitive;
            wire.ReviewHours = rules.ReviewHours;
            wire.EscalationHours.AddRange(rules.EscalationHours);
            wire.DeliveryDays = rules.DeliveryDays;
            wire.AllowedClaimers.AddRange(rules.AllowedClaimers.Select(k => (Wire.ClaimerKind)k));
            wire.Fields.AddRange(rules.Fields.Select(f => new Wire.CategoryField
            {
                Key = f.Key,
                Label = f.Label,
                Kind = (Wire.FieldKind)f.Kind,
                Required = f.Required,
                Choices = { f.Choices },
            }));
        }

        return wire;
    }
}
