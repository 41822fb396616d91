using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using MySqlConnector;

namespace WuWei.Data;

/// <summary>Binds the properties of an object as parameters of the same name; enums as their numbers.</summary>
internal static partial class Parameters
{
    private static readonly ConcurrentDictionary<Type, PropertyInfo[]> Properties = new();

    /// <param name="suffix">Behind each name, where one statement has the same parameters for several rows.</param>
    public static void Bind(MySqlParameterCollection parameters, object values, string suffix = "")
    {
        foreach (var property in Properties.GetOrAdd(values.GetType(), type => type.GetProperties()))
        {
            var value = property.GetValue(values);
            if (value is Enum number)
            {
                value = Convert.ToInt32(number, CultureInfo.InvariantCulture);
            }

            parameters.AddWithValue(property.Name + suffix, value);
        }
    }

    /// <summary>The text with a number behind the name of each parameter.</summary>
    public static string Numbered(string sql, int number) =>
        Name().Replace(sql, match => $"{match.Value}{number}");

    [GeneratedRegex(@"@\w+")]
    private static partial Regex Name();
}
