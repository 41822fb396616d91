using Microsoft.AspNetCore.Grpc.JsonTranscoding;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using WuWei.Pictures;

namespace WuWei.Gateway.Public;

/// <summary>
/// POST /upload: the call PictureService.UploadPicture with the file as a form sends it. The call goes its own way, with the
/// rights, rates, key and envelope of any other, and reads the file on it when it knows whose it is.
/// </summary>
public sealed class Uploads(EndpointDataSource endpoints)
{
    /// <summary>The largest file, and the form around it.</summary>
    public const int BodyBytesMax = PictureHeader.BytesMax + (64 * 1024);

    /// <summary>What mini programs give an upload.</summary>
    public static readonly TimeSpan DeadlineMax = TimeSpan.FromSeconds(60);

    private static readonly byte[] EmptyMessage = "{}"u8.ToArray();
    private readonly Lazy<RequestDelegate> _call = new(() => CallOf(endpoints));

    public static PathString Path { get; } = "/upload";

    public Task TakeAsync(HttpContext http)
    {
        http.Features.Set<IUploadedFile>(new FormFile(http.Request.ContentType, http.Request.Body));
        http.Request.Body = new MemoryStream(EmptyMessage, writable: false);
        http.Request.ContentType = "application/json";
        http.Request.ContentLength = EmptyMessage.Length;
        return _call.Value(http);
    }

    private static RequestDelegate CallOf(EndpointDataSource endpoints) => endpoints.Endpoints
        .Single(e => e.Metadata.GetMetadata<GrpcJsonTranscodingMetadata>()?.MethodDescriptor is { } rpc
            && rpc.Service.Name == nameof(Wire.PictureService) && rpc.Name == nameof(PictureService.UploadPicture))
        .RequestDelegate!;

    /// <summary>The one part of a form, which must be a file. What it is called and said to be is not looked at.</summary>
    private sealed class FormFile(string? contentType, Stream body) : IUploadedFile
    {
        private const int BoundaryLengthMax = 100;
        private const int HeadersMax = 16;
        private const int HeadersBytesMax = 8 * 1024;

        private MultipartReader? _form;
        private Stream? _part;

        public async ValueTask<int> ReadAsync(Memory<byte> into, CancellationToken cancel)
        {
            _form ??= new MultipartReader(Boundary(), body)
            {
                HeadersCountLimit = HeadersMax,
                HeadersLengthLimit = HeadersBytesMax,
            };
            _part ??= await FirstPartAsync(_form, cancel);
            var read = await _part.ReadAsync(into, cancel);
            return read > 0 || await _form.ReadNextSectionAsync(cancel) is null
                ? read
                : throw new InvalidDataException("A form with more than one part.");
        }

        private static async Task<Stream> FirstPartAsync(MultipartReader form, CancellationToken cancel) =>
            await form.ReadNextSectionAsync(cancel) is { } part
            && ContentDispositionHeaderValue.TryParse(part.ContentDisposition, out var disposition)
            && disposition.IsFileDisposition()
                ? part.Body
                : throw new InvalidDataException("A form whose first part is no file.");

        private string Boundary() =>
            MediaTypeHeaderValue.TryParse(contentType, out var type)
            && type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
            && HeaderUtilities.RemoveQuotes(type.Boundary) is { Length: > 0 and <= BoundaryLengthMax } boundary
                ? boundary.ToString()
                : throw new InvalidDataException("Not a form.");
    }
}
