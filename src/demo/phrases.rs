//! What is said on every kind of complaint.

use super::corpus::Tongue;

/// Short texts, several for each occasion.
#[derive(Debug)]
pub(super) struct Phrases {
    /// Before the statement of somebody who tells us again.
    pub(super) told_before: &'static [&'static str],
    /// A word to the one who takes it over.
    pub(super) hand_over: &'static [&'static str],
    pub(super) wait_for_customer: &'static [&'static str],
    pub(super) wait_for_third_party: &'static [&'static str],
    pub(super) resumed: &'static [&'static str],
    pub(super) customer_moves_call: &'static [&'static str],
    pub(super) desk_moves_call: &'static [&'static str],
    pub(super) no_call_needed: &'static [&'static str],
    pub(super) withdrawn: &'static [&'static str],
    pub(super) reopened: &'static [&'static str],
    pub(super) no_answer: &'static [&'static str],
    pub(super) refused: &'static [&'static str],
    pub(super) informed: &'static [&'static str],
    pub(super) calmer: &'static [&'static str],
    pub(super) type_seen: &'static [&'static str],
    pub(super) preferred_time: &'static [&'static str],
    pub(super) duplicate: &'static [&'static str],
}

static ENGLISH: Phrases = Phrases {
    told_before: &[
        "I have told you about this before and nothing has come of it. ",
        "This is the second time I report it. ",
    ],
    hand_over: &[
        "Please call today.",
        "You know the customer from last time.",
        "Product question, more yours than mine.",
    ],
    wait_for_customer: &[
        "Waiting for a photo of the damage",
        "Waiting for the invoice number from the customer",
        "The customer will ask at home and come back to us",
    ],
    wait_for_third_party: &[
        "The depot is searching for the parcel",
        "Spare part ordered, the supplier confirms tomorrow",
        "Waiting for the partner bank",
        "The workshop is examining the device",
    ],
    resumed: &[
        "The answer is here",
        "Nothing heard; going on without it",
        "Part has arrived",
        "Confirmed by the depot",
    ],
    customer_moves_call: &[
        "In a meeting then, later suits better",
        "Away until then",
        "Please call after work",
    ],
    desk_moves_call: &[
        "The technician reports later than planned",
        "Refund not booked yet, no news to give",
        "Colleague is ill",
    ],
    no_call_needed: &[
        "Everything is fine, no need to call",
        "Please write instead of calling",
        "It is settled, thank you, no call please",
    ],
    withdrawn: &[
        "It has sorted itself out, thank you",
        "I found the mistake myself",
        "My neighbour had the parcel, please forget it",
        "No more time for this, please close it",
    ],
    reopened: &[
        "The same thing happened again",
        "What was agreed did not last",
        "The refund was booked back again",
    ],
    no_answer: &[
        "Rang for a minute, nobody answered",
        "Engaged",
        "Left word on the machine with our number",
    ],
    refused: &[
        "Did not want to talk about it any more",
        "Said a letter would do and hung up",
    ],
    informed: &[
        "Told how far things are",
        "Gave the answer from the workshop",
        "Explained the next date",
    ],
    calmer: &["Calm and friendly now that it is moving", "Thanked for the quick call"],
    type_seen: &["Clear from the tone on the phone", "From the wording of the message"],
    preferred_time: &[
        "weekdays after 18:00",
        "mornings",
        "lunch hour only",
        "any time except Wednesday",
    ],
    duplicate: &["The same matter as the complaint it is linked to; the answer is given there"],
};

static CHINESE: Phrases = Phrases {
    told_before: &["这件事我之前已经反映过，一直没有结果。", "这是第二次反映了。"],
    hand_over: &["请今天回电。", "上次也是你跟进的，客户认得你。", "涉及产品，你更熟。"],
    wait_for_customer: &["等客户补充损坏照片", "等客户提供发票号", "客户要和家里商量后答复"],
    wait_for_third_party: &[
        "网点正在查找包裹",
        "配件已订，供应商明天确认",
        "等合作银行回复",
        "维修站正在检测",
    ],
    resumed: &["已收到答复", "对方未答复，先往下处理", "配件已到货", "网点已确认"],
    customer_moves_call: &["那个时间在开会，晚一点方便", "出差，回来再打", "请下班后再打"],
    desk_moves_call: &[
        "师傅反馈比预计晚",
        "退款尚未到账，暂时没有进展可说",
        "同事请假，改由他人回访",
    ],
    no_call_needed: &[
        "已经没问题了，不用回电话",
        "发消息就行，不用打电话",
        "都解决了，谢谢，不必回访",
    ],
    withdrawn: &[
        "自己已经解决了，谢谢",
        "是我看错了，撤了吧",
        "包裹邻居代收了，不用处理了",
        "没时间折腾了，撤销吧",
    ],
    reopened: &["同样的问题又出现了", "说好的只管了几天", "退款又被扣回去了"],
    no_answer: &["响铃一分钟无人接听", "占线", "已留言并告知回电号码"],
    refused: &["客户表示不想再谈", "客户说发短信即可，挂断"],
    informed: &["已告知目前进展", "已转达维修站的答复", "已说明下一步时间"],
    calmer: &["有进展后客户语气缓和", "客户对回电及时表示感谢"],
    type_seen: &["通话语气明显", "从留言用词判断"],
    preferred_time: &["工作日18点以后", "上午", "只有午休时间方便", "周三以外都可以"],
    duplicate: &["与已关联的投诉为同一事项，在原投诉中一并答复"],
};

impl Phrases {
    pub(super) const fn of(tongue: Tongue) -> &'static Self {
        match tongue {
            Tongue::English => &ENGLISH,
            Tongue::Chinese => &CHINESE,
        }
    }
}

/// Why it was decided so: what was found, and what was agreed.
pub(super) fn reason(tongue: Tongue, root_cause: &str, agreed: &str) -> String {
    let (root_cause, agreed) = (
        root_cause.trim_end_matches(['.', '。']),
        agreed.trim_end_matches(['.', '。']),
    );
    match tongue {
        Tongue::English => format!("Found: {root_cause}. Agreed with the customer: {agreed}."),
        Tongue::Chinese => format!("核查结果：{root_cause}。与客户约定：{agreed}。"),
    }
}
