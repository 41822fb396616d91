namespace WuWei.Feeds;

/// <summary>Numbered as in journal.proto.</summary>
public enum EntryTopic : byte
{
    Wishes = 1,
    Activities,
    Service,
    Points,
    Units,
    Organisations,
}
