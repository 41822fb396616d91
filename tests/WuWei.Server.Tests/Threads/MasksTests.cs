using System.Text;
using WuWei.Threads;

namespace WuWei.Tests.Threads;

/// <summary>What is hidden from the other side, however it is written, and what is not.</summary>
public class MasksTests
{
    [Theory]
    [InlineData("我的电话是13912345678，晚上打", "我的电话是［电话已隐藏］，晚上打")]
    [InlineData("139 1234 5678", "［电话已隐藏］")]
    [InlineData("139-1234-5678", "［电话已隐藏］")]
    [InlineData("1 3 9 1 2 3 4 5 6 7 8", "［电话已隐藏］")]
    [InlineData("１３９１２３４５６７８", "［电话已隐藏］")]
    [InlineData("一三九一二三四五六七八", "［电话已隐藏］")]
    [InlineData("幺三九 一二三四 五六七八", "［电话已隐藏］")]
    [InlineData("①③⑨①②③④⑤⑥⑦⑧", "［电话已隐藏］")]
    [InlineData("139一二三四5678", "［电话已隐藏］")]
    [InlineData("+86 139 1234 5678", "［电话已隐藏］")]
    [InlineData("008613912345678", "［电话已隐藏］")]
    [InlineData("l39l2345678", "［电话已隐藏］")]
    [InlineData("139.1234.5678", "［电话已隐藏］")]
    [InlineData("139、1234、5678", "［电话已隐藏］")]
    [InlineData("1️⃣3️⃣9️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8️⃣", "［电话已隐藏］")]
    [InlineData("𝟏𝟑𝟗𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖", "［电话已隐藏］")]
    [InlineData("025-86636666", "［电话已隐藏］")]
    [InlineData("320105194912310011", "［证件号已隐藏］")]
    [InlineData("32010519491231001X", "［证件号已隐藏］")]
    [InlineData("加我微信wangxm_88", "加我微信［账号已隐藏］")]
    [InlineData("我住3幢2单元502", "我住［门牌已隐藏］")]
    [InlineData("3-2-502", "［门牌已隐藏］")]
    [InlineData("莫愁湖东路8号", "莫愁湖东路［门牌已隐藏］")]
    [InlineData("住在7号楼1202室，到了打13912345678", "住在［门牌已隐藏］，到了打［电话已隐藏］")]
    public void A_number_an_account_or_a_door_is_replaced_and_nothing_else(string text, string shown) =>
        Assert.Equal((shown, true), Masks.Hide(text));

    [Theory]
    [InlineData("139", "12345678", "［电话已隐藏］")]
    [InlineData("我的电话是1391234", "5678，晚上打", "［电话已隐藏］，晚上打")]
    [InlineData("139\n1234", "5678", "［电话已隐藏］")]
    [InlineData("一三九", "１２３４ 5678", "［电话已隐藏］")]
    public void A_number_that_began_in_the_message_before_is_hidden_from_there_on(string before, string text, string shown) =>
        Assert.Equal((shown, true), Masks.Hide(text, before));

    [Fact]
    public void What_was_written_before_is_looked_at_each_by_itself()
    {
        Assert.Equal(("［电话已隐藏］", true), Masks.Hide("5678", "139 1234\n好的", "139 1234"));
        Assert.Equal(("5678", false), Masks.Hide("5678", "139 1234\n好的", ""));
    }

    [Theory]
    [InlineData("下午3点", "15元")]
    [InlineData("13912345678", "好的，5点见")]
    [InlineData("3幢", "502")]
    [InlineData("139", "好的 12345678")]
    public void What_the_message_before_does_not_make_a_number_of_stays(string before, string text) =>
        Assert.Equal((text, false), Masks.Hide(text, before));

    [Theory]
    [InlineData("13912\n345678")]
    [InlineData("电话139 123 45678谢谢")]
    [InlineData("壹叁玖壹贰叁肆伍陆柒捌")]
    [InlineData("（025）86636666")]
    [InlineData("02586636666")]
    [InlineData("0512 6363 6363")]
    [InlineData("座机86636666")]
    [InlineData("320105 19491231 001x")]
    [InlineData("身份证三二〇一〇五一九四九一二三一〇〇一一")]
    [InlineData("微信号：abc12345")]
    [InlineData("vx: lao-wang-01")]
    [InlineData("加v lilaoshi66")]
    [InlineData("ＷＸ：lilaoshi66")]
    [InlineData("𝐰𝐱：𝐥𝐚𝐨𝐬𝐡𝐢𝟔𝟔")]
    [InlineData("ⓦⓧ：ⓛⓐⓞⓢⓗⓘ⑥⑥")]
    [InlineData("QQ 12345678")]
    [InlineData("qq群：123456789")]
    [InlineData("我QQ是 1 234 567 8")]
    [InlineData("wangxm88是我的微信")]
    [InlineData("wangxm88（微信）")]
    [InlineData("给我发邮件 lao.wang@example.com")]
    [InlineData("微信同手机 13912345678")]
    [InlineData("３栋２单元５０２室")]
    [InlineData("三幢二单元五〇二室")]
    [InlineData("5号楼1单元")]
    [InlineData("云栖里3幢")]
    [InlineData("B座1203")]
    [InlineData("12#502")]
    [InlineData("我在12栋楼下等你")]
    [InlineData("二单元门口见")]
    [InlineData("502室没人")]
    [InlineData("江东中路98-3号院")]
    [InlineData("云栖里12号3室")]
    [InlineData("一栋二单元")]
    public void It_is_hidden_in_other_ways_of_writing_too(string text)
    {
        var (shown, masked) = Masks.Hide(text);

        Assert.True(masked, shown);
        Assert.Contains("已隐藏］", shown);
        // What is left has no more than four digits of any kind.
        Assert.InRange(shown.EnumerateRunes().Count(r => Numbers.DigitOf(r) is not null), 0, 4);
    }

    [Theory]
    [InlineData("下午3点到5点我在家")]
    [InlineData("10:30-11:30都可以")]
    [InlineData("2026年11月28日上午")]
    [InlineData("2026-11-28 15:30")]
    [InlineData("11月28号下午2点")]
    [InlineData("一共135元8角")]
    [InlineData("大概1500到2000元")]
    [InlineData("灯泡要5瓦的，12.5元一个")]
    [InlineData("3号线坐到底")]
    [InlineData("坐139路公交车")]
    [InlineData("我家在三楼")]
    [InlineData("楼道里的灯不亮")]
    [InlineData("一栋楼里就我一个人")]
    [InlineData("这栋楼没有电梯")]
    [InlineData("三室一厅的房子")]
    [InlineData("2室1厅")]
    [InlineData("打12345就行")]
    [InlineData("急救打120，报警打110")]
    [InlineData("微信支付100元")]
    [InlineData("微信转账给你50块")]
    [InlineData("我没有微信")]
    [InlineData("不会用QQ")]
    [InlineData("大家都用微信，我也想学")]
    [InlineData("13岁的孩子，身高139厘米")]
    [InlineData("电量100%")]
    [InlineData("房子面积139.5平米")]
    [InlineData("周一到周五，9点到17点")]
    [InlineData("9.00-10.30 11.00-12.30 14.00-15.30")]
    [InlineData("1980年生，今年46")]
    [InlineData("要买5斤米、10斤面、2桶油")]
    [InlineData("知道5号有活动")]
    [InlineData("社区里5号开始报名")]
    [InlineData("第一次用，谢谢")]
    [InlineData("三三两两的人")]
    [InlineData("一二三四五，上山打老虎")]
    [InlineData("楼上20号开会")]
    [InlineData("高压130，低压85")]
    [InlineData("7-1-2026")]
    [InlineData("13-14号都行")]
    [InlineData("这个月15、16、17、18、19、20号都可以")]
    [InlineData("收据共 1500 2000 300元")]
    [InlineData("孩子三年级二班")]
    [InlineData("型号A12、B座椅都行")]
    [InlineData("办公室有人吗")]
    [InlineData("坐地铁2号线换10号线")]
    [InlineData("走路5号人")]
    [InlineData("花了2000块，不是1500块")]
    [InlineData("每天8点、10点、14点、16点、18点量血压")]
    public void Prices_times_dates_floors_and_talk_are_shown_as_they_are(string text) =>
        Assert.Equal((text, false), Masks.Hide(text));

    [Fact]
    public void Several_in_one_text_are_each_hidden() => Assert.Equal(
        "打［电话已隐藏］或［电话已隐藏］，微信［账号已隐藏］，［门牌已隐藏］。",
        Masks.Hide("打13912345678或025-86636666，微信wang_xm88，3幢2单元502室。").Text);

    [Fact]
    public void No_text_of_500_characters_is_too_hard()
    {
        var random = new Random(26);
        const string letters = "1234567890一二三四五六七八九十１３９ -.,，:：号幢栋单元室楼座路街里vqwx微信@😀元年月日点aoil(#";
        var runes = letters.EnumerateRunes().ToArray();
        for (var round = 0; round < 2_000; round++)
        {
            var text = new StringBuilder();
            for (var i = random.Next(1, 501); i > 0; i--)
            {
                text.Append(runes[random.Next(runes.Length)].ToString());
            }

            var (shown, masked) = Masks.Hide($"{text}");

            Assert.Equal(masked, shown != $"{text}");
        }
    }
}
