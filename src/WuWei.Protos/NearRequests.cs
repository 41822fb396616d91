namespace WuWei.Protos.V1;

/// <summary>What is asked alike by all lists of what is around a point.</summary>
public interface INearRequest
{
    int Latitude { get; }
    int Longitude { get; }
    int RadiusMetres { get; }
    int PageSize { get; }
    string PageToken { get; }
}

public partial class ListWishesNearRequest : INearRequest;

public partial class ListActivitiesNearRequest : INearRequest;
