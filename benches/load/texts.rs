//! What the load's complaints are about: different things, as on a desk, so that a search behind the load finds
//! its words there too.

/// Subject, statement and language.
pub const TEXTS: &[(&str, &str, &str)] = &[
    (
        "路由器每天晚上掉线，报修三次没有人来",
        "两周来每天晚上八点准时断网，打了三次电话都说会派人来，结果没有人来。孩子要上网课，这样下去我只能退订了。",
        "zh-CN",
    ),
    (
        "退款说三天到账，已经二十天了",
        "月初退的货，客服说三个工作日退款，现在二十天过去了，一分钱没看到。每次打电话都让我再等等，我等不起了。",
        "zh-CN",
    ),
    (
        "发票抬头开错，公司报不了账",
        "上个月买的打印机，发票抬头少了两个字，财务不收。申请重开，系统说已经开过不能再开，我到底该找谁？",
        "zh-CN",
    ),
    (
        "安装师傅约好上午，晚上才来",
        "约好上午九点到十二点，我请了半天假在家等，师傅晚上七点才到，连句对不起都没有。耽误的工钱谁来赔？",
        "zh-CN",
    ),
    (
        "快递放在楼下被雨淋坏",
        "没有打电话就放在楼下，纸箱全湿了，里面的书也泡坏了。快递员说跟他没关系，让我自己找商家处理。",
        "zh-CN",
    ),
    (
        "Delivery left at the wrong door twice",
        "Both times the driver took a picture of a door that is not mine and marked the delivery as done. I have been home \
         all day on both days and nobody rang. I need the parcel by Friday.",
        "en",
    ),
    (
        "The invoice shows a plan I never ordered",
        "Since March every invoice has a second line that nobody can explain. I called twice, was told it would be taken \
         off, and it is there again this month with a late fee on top.",
        "en",
    ),
    (
        "New router drops the line during calls",
        "The router was replaced last week and since then it has dropped the line whenever I am on a video call. I work \
         from home. I would like the old one back, or a refund of this month.",
        "en",
    ),
];
