using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace WuWei.Data;

/// <summary>Files that are there whole or not at all, and stay there, whenever the power fails.</summary>
public static class DurableFile
{
    private const int ReadOnly = 0;

    /// <summary>Puts a file of this content in the place of what is there.</summary>
    /// <param name="prepare">Is given the path of the new file before it takes that place.</param>
    /// <exception cref="IOException">There is a file already, and <paramref name="overwrite"/> is false.</exception>
    public static void Write(
        string path, ReadOnlySpan<byte> content, UnixFileMode mode, bool overwrite, Action<string>? prepare = null)
    {
        var part = $"{path}.{Guid.NewGuid():n}";
        try
        {
            using (var stream = new FileStream(part, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = mode,
            }))
            {
                stream.Write(content);
                stream.Flush(flushToDisk: true);
            }

            prepare?.Invoke(part);
            File.Move(part, path, overwrite);
        }
        finally
        {
            File.Delete(part);
        }

        SyncFolderOf(path);
    }

    /// <summary>Adds to the end of a file, made if there is none; what is in it is never written again.</summary>
    public static void Append(string path, ReadOnlySpan<byte> content)
    {
        using (var stream = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.None))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }

        SyncFolderOf(path);
    }

    /// <summary>A name is on the disk once its folder is; .NET itself opens no folders.</summary>
    private static void SyncFolderOf(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        using var handle = new SafeFileHandle(Open(folder, ReadOnly), ownsHandle: true);
        if (handle.IsInvalid || Sync(handle) != 0)
        {
            throw new IOException($"{folder} could not be written to the disk: {new Win32Exception().Message}");
        }
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Sync(SafeFileHandle file);
}
