namespace WuWei.Tests.Harness;

/// <summary>Calls on pictures: those of the maker, who alone finds them.</summary>
public static class PictureScenes
{
    public static IEnumerable<Scene> All() =>
    [
        new("PictureService/UploadPicture", "", _ => Task.FromResult<Google.Protobuf.IMessage>(PictureSteps.Request)),
        new("PictureService/GetPicture", "the maker's",
            async cast => new Wire.GetPictureRequest { PictureId = await cast.Maker.UploadAsync() }),
        new("PictureService/DiscardPicture", "the maker's",
            async cast => new Wire.DiscardPictureRequest { PictureId = await cast.Maker.UploadAsync() }),
    ];
}
