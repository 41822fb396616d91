using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;

namespace WuWei.Operator;

/// <summary>One row of a CSV file, with the line it starts on.</summary>
public sealed record CsvRow(int Line, IReadOnlyDictionary<string, string> Fields)
{
    public string this[string column] => Fields.GetValueOrDefault(column, "");
}

/// <summary>Reads RFC 4180 in UTF-8. A file that is anything else is refused whole, a short row becomes empty fields.</summary>
public static class CsvRows
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="InvalidDataException">Not UTF-8, no header, or a required column is missing.</exception>
    public static List<CsvRow> Read(FileInfo file, params string[] required)
    {
        var settings = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            BadDataFound = null,
            MissingFieldFound = null,
            DetectColumnCountChanges = false,
        };
        try
        {
            using var reader = new StreamReader(file.FullName, Strict);
            using var csv = new CsvReader(reader, settings);
            if (!csv.Read() || !csv.ReadHeader())
            {
                throw new InvalidDataException($"{file.Name} is empty.");
            }

            var header = csv.HeaderRecord!;
            if (required.Except(header).ToList() is { Count: > 0 } missing)
            {
                throw new InvalidDataException($"{file.Name} has no column {string.Join(", ", missing)}.");
            }

            var rows = new List<CsvRow>();
            for (var line = csv.Parser.RawRow + 1; csv.Read(); line = csv.Parser.RawRow + 1)
            {
                var fields = new Dictionary<string, string>();
                for (var i = 0; i < header.Length; i++)
                {
                    fields[header[i]] = csv.TryGetField<string>(i, out var field) ? field ?? "" : "";
                }

                rows.Add(new CsvRow(line, fields));
            }

            return rows;
        }
        catch (DecoderFallbackException)
        {
            throw new InvalidDataException($"{file.Name} is not UTF-8.");
        }
    }
}
