using WuWei.ContentChecks;

namespace WuWei.Tests.ContentChecks;

public class WordListTests
{
    [Theory]
    [InlineData("刷单", "刷单")]
    [InlineData("刷 — 单！兼职", "刷单")]
    [InlineData("ＪＩＡ加ＱＱ", "加qq")]
    [InlineData("加 ✦ q · Q", "加qq")]
    [InlineData("加𝐐𝐪", "加qq")]
    [InlineData("加ⓆⓆ", "加qq")]
    [InlineData("加🆀🅠", "加qq")]
    [InlineData("加①q②q", "加qq")]
    [InlineData("刷²单", "刷单")]
    [InlineData("刷⒈单", "刷单")]
    [InlineData("刷Ⅷ单", "刷单")]
    [InlineData("赌1️⃣博", "赌博")]
    [InlineData("刷1单", null)]
    [InlineData("刷１单", null)]
    [InlineData("楼道的灯坏了", null)]
    [InlineData("", null)]
    public void Width_case_and_what_is_between_make_no_difference(string text, string? word) =>
        Assert.Equal(word, WordList.Find(text));
}
