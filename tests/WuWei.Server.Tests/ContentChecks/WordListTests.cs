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
    [InlineData("楼道的灯坏了", null)]
    [InlineData("", null)]
    public void Width_case_and_what_is_between_make_no_difference(string text, string? word) =>
        Assert.Equal(word, WordList.Find(text));
}
