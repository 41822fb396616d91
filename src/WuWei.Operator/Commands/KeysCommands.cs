using System.CommandLine;
using WuWei.Privacy;

namespace WuWei.Operator.Commands;

public static class KeysCommands
{
    public static Command Keys()
    {
        var create = new Command("create", "Make the key file that WUWEI_KEYS names, if there is none.");
        create.SetAction(_ =>
        {
            var path = WuWeiServices.Required(Installation.Settings, "WUWEI_KEYS");
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            Console.WriteLine(KeyFile.Create(path)
                ? $"made {path}; back it up apart from the database: without it, personal data is lost"
                : $"{path} is there already");
            return Exit.Done;
        });
        return new Command("keys", "The keys that personal data is sealed with.") { create };
    }
}
