using System.Globalization;

namespace WuWei.Gateway;

/// <summary>Ports from the settings.</summary>
public static class Ports
{
    public static int Of(IConfiguration settings, string name, int otherwise)
    {
        var text = settings[name];
        return string.IsNullOrEmpty(text) ? otherwise
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var asked) && asked <= 65_535 ? asked
            : throw new InvalidOperationException($"{name} is not a port: {text}");
    }
}
