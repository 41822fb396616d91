using System.Security.Cryptography;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using WuWei.Calls;
using WuWei.ContentChecks;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Journal;
using WuWei.Privacy;
using WuWei.Time;

namespace WuWei.Pictures;

/// <summary>The wire of pictures.proto. What is attached where is said in the calls of other slices.</summary>
public sealed class PictureService(
    Database database, KeyedWriter writer, PersonalData personalData, UploadRoom room, PictureDesk desk,
    IPictureStorage storage, PictureLinks links, TimeProvider clock)
    : Wire.PictureService.PictureServiceBase
{
    private const string Author = "author";
    private const int KibibyteBytes = 1024;

    /// <summary>Counted before it is drawn, so that what cannot be read costs its sender as much as what can.</summary>
    private static readonly Limit ADay = new("picture-uploads", 60, TimeSpan.FromDays(1));

    private static readonly Limit KibibytesADay = new("picture-kibibytes", 200 * 1024, TimeSpan.FromDays(1));

    public override async Task<Wire.UploadPictureResponse> UploadPicture(
        Wire.UploadPictureRequest request, ServerCallContext context)
    {
        var call = context.Call();
        using var place = room.Enter(call.Caller.PersonId);
        var file = await ReadAsync(request, place, context);
        var header = PictureHeader.Read(file.Span);
        // Stands for the file, in whichever way it came, when the same is sent again.
        var asked = new Wire.UploadPictureRequest { Content = ByteString.CopyFrom(SHA256.HashData(file.Span)) };
        if (await writer.FindReplyAsync<Wire.UploadPictureResponse>(context, asked) is { } first)
        {
            return await database.ReadAsync(db => AgainAsync(db, call, first), context.CancellationToken);
        }

        await TakeQuotaAsync(call, file.Length, context.CancellationToken);
        var drawn = await desk.DrawAsync(file, header, context.CancellationToken);
        var picture = new Picture
        {
            Id = clock.NewId(),
            Name = Picture.NewName(),
            AuthorId = call.Caller.PersonId,
            State = ContentState.Waiting,
            Width = drawn.Width,
            Height = drawn.Height,
            Bytes = drawn.Large.Length + drawn.Thumbnail.Length,
            MadeAt = call.Now,
            ForgetAt = call.Now + Picture.ForgottenAfter,
        };
        // First the files: a row without them would be a picture that is broken. Files without a row are collected.
        await storage.WriteAsync(picture.Name, PictureSize.Large, drawn.Large, context.CancellationToken);
        await storage.WriteAsync(picture.Name, PictureSize.Thumbnail, drawn.Thumbnail, context.CancellationToken);
        return await writer.WriteAsync(context, asked, db =>
        {
            db.QueuePicture(picture);
            db.Record(JournalEntry.By(
                call, Author, "PICTURE_UPLOAD", "picture", picture.Id, call.Caller.HomeUnitId,
                new { picture.Width, picture.Height, picture.Bytes }));
            return Task.FromResult(new Wire.UploadPictureResponse { Picture = links.ToWire(picture) });
        }, again: (db, before) => AgainAsync(db, call, before));
    }

    public override async Task<Wire.GetPictureResponse> GetPicture(Wire.GetPictureRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var id = Faults.IdOf("picture_id", request.PictureId);
        var picture = await database.ReadAsync(
            db => db.GetOwnPictureAsync(id, call.Caller.PersonId), context.CancellationToken);
        return new Wire.GetPictureResponse { Picture = links.ToWire(picture) };
    }

    public override async Task<Wire.DiscardPictureResponse> DiscardPicture(
        Wire.DiscardPictureRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var id = Faults.IdOf("picture_id", request.PictureId);
        var name = "";
        var reply = await writer.WriteAsync(context, request, async db =>
        {
            var picture = await db.GetOwnPictureAsync(id, call.Caller.PersonId);
            if (picture.SubjectId is not null || !await db.DeletePictureAsync(id))
            {
                throw Picture.Attached();
            }

            name = picture.Name;
            db.Record(JournalEntry.By(
                call, Author, "PICTURE_DISCARD", "picture", id, call.Caller.HomeUnitId, new { picture.Bytes }));
            return new Wire.DiscardPictureResponse();
        }, again: (_, first) => Task.FromResult(first));
        if (name.Length > 0)
        {
            await storage.DeleteAsync(name, CancellationToken.None);
        }

        return reply;
    }

    /// <summary>The file of the request, or else that of the message.</summary>
    private static async Task<ReadOnlyMemory<byte>> ReadAsync(
        Wire.UploadPictureRequest request, UploadRoom.Place place, ServerCallContext context) =>
        context.GetHttpContext().Features.Get<IUploadedFile>() is { } file
            ? await place.ReadAsync(file, context.CancellationToken)
            : request.Content.Memory;

    /// <summary>In a transaction of its own: what is drawn in vain is not given back.</summary>
    private async Task TakeQuotaAsync(Call call, int bytes, CancellationToken cancel)
    {
        var subject = personalData.Index("picture", $"{call.Caller.PersonId}");
        var kibibytes = (bytes + KibibyteBytes - 1) / KibibyteBytes;
        var taken = await database.HousekeepAsync(
            async db => await db.TakeAsync(ADay, subject, call.Now)
                && await db.TakeAsync(KibibytesADay, subject, call.Now, kibibytes), cancel);
        if (!taken)
        {
            throw Refuse.Exhausted("PICTURES_TOO_MANY", "今天上传的图片太多了，请明天再来。");
        }
    }

    /// <summary>The first answer's links may have ended, and so may the picture.</summary>
    private async Task<Wire.UploadPictureResponse> AgainAsync(DbSession db, Call call, Wire.UploadPictureResponse first)
    {
        var picture = await db.GetOwnPictureAsync(Guid.Parse(first.Picture.Id), call.Caller.PersonId);
        return new Wire.UploadPictureResponse { Picture = links.ToWire(picture) };
    }
}
