//! The words of complaint handling. English in code and JSON; the Chinese terms are in the comments.

use crate::text_enum;

text_enum! {
    /// What the customer came with. A question may turn out to be a complaint later; the clocks
    /// count from the first expression of dissatisfaction, whatever it was called then.
    Kind {
        /// Any expression of dissatisfaction that expects an answer (ISO 10002).
        Complaint = "complaint",
        /// A question.
        Question = "question",
        /// Feedback that expects no answer.
        Feedback = "feedback",
    }
}

text_enum! {
    /// How the complaint came in.
    Channel {
        /// By phone, logged by an agent.
        Phone = "phone",
        /// Through the public form.
        Web = "web",
        /// By e-mail.
        Email = "email",
        /// In person, at a counter.
        Counter = "counter",
        /// By letter.
        Letter = "letter",
        /// From another program.
        Api = "api",
    }
}

impl Channel {
    /// Whether the customer is there while the complaint is logged.
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Phone | Self::Counter)
    }
}

text_enum! {
    /// Where the complaint stands.
    State {
        /// Received; nobody has begun.
        Received = "received",
        /// Somebody works through the seven steps.
        InHandling = "in_handling",
        /// Waiting for the customer or a third party.
        Waiting = "waiting",
        /// Closed, through the gate.
        Closed = "closed",
    }
}

text_enum! {
    /// Who has to act next.
    BallWith {
        /// The desk.
        Us = "us",
        /// The customer.
        Customer = "customer",
        /// Somebody else (a supplier, a carrier, an authority).
        ThirdParty = "third_party",
    }
}

text_enum! {
    /// A degree, for the assessment by the criteria of ISO 10002 (severity, complexity, impact).
    Level {
        /// Hardly any.
        Low = "low",
        /// The usual.
        Medium = "medium",
        /// More than usual.
        High = "high",
        /// As much as there can be.
        Critical = "critical",
    }
}

text_enum! {
    /// How a customer wants to be reached.
    Medium {
        /// By phone.
        Phone = "phone",
        /// By e-mail.
        Email = "email",
        /// By letter.
        Letter = "letter",
        /// By message on the tracking page.
        Message = "message",
    }
}

text_enum! {
    /// The seven steps of handling a complaint (处理程序), in their order.
    HandlingStep {
        /// 倾听心声: the customer's own words, facts apart from opinions.
        Listen = "listen",
        /// 接纳感受: the feeling that was named back to the customer.
        AcceptFeelings = "accept_feelings",
        /// 致歉: what was apologised for.
        Apologise = "apologise",
        /// 了解客户的需求和担忧: the need and the worry, apart.
        UnderstandNeeds = "understand_needs",
        /// 寻求可能解决的方法: the options offered and the one agreed.
        SeekSolutions = "seek_solutions",
        /// 解释你将做什么: who will do what by when.
        ExplainActions = "explain_actions",
        /// 回访客户: the call-back, its attempts and its outcome.
        CallBack = "call_back",
    }
}

text_enum! {
    /// Why a step was skipped. Which reasons a step takes is policy, in [`super::procedure`].
    SkipReason {
        /// The customer showed no feeling to name.
        NoFeelingShown = "no_feeling_shown",
        /// Nothing went wrong on our side.
        NoFaultFound = "no_fault_found",
        /// An apology has to wait for a legal opinion.
        LegalReview = "legal_review",
        /// The customer's writing already says it.
        StatedInWriting = "stated_in_writing",
        /// Everything was done while the customer was there.
        DoneOnTheSpot = "done_on_the_spot",
        /// It is a question or feedback, not a complaint.
        NotAComplaint = "not_a_complaint",
        /// The customer does not want a call-back.
        CustomerDeclined = "customer_declined",
        /// The customer could not be reached in the attempts the policy asks for.
        Unreachable = "unreachable",
        /// The customer left no phone number.
        NoContactDetails = "no_contact_details",
    }
}

text_enum! {
    /// What the desk decided.
    Decision {
        /// The customer is right.
        Upheld = "upheld",
        /// The customer is partly right.
        Partly = "partly",
        /// The complaint is not justified; the reason is told.
        Rejected = "rejected",
        /// The customer took it back.
        Withdrawn = "withdrawn",
        /// It repeats another complaint, to which it is linked.
        Duplicate = "duplicate",
    }
}

text_enum! {
    /// What allowed the complaint to be closed. Derived by the gate, never typed.
    ClosingGround {
        /// The customer confirmed on the call-back that the matter is settled.
        Satisfied = "satisfied",
        /// The customer did not want a call-back.
        CallBackDeclined = "call_back_declined",
        /// The customer could not be reached in the attempts the policy asks for.
        Unreachable = "unreachable",
        /// It was a question or feedback and needed no call-back.
        NotAComplaint = "not_a_complaint",
        /// The customer took the complaint back.
        Withdrawn = "withdrawn",
        /// It repeats another complaint.
        Duplicate = "duplicate",
    }
}

text_enum! {
    /// What was given to put things right.
    RedressType {
        /// Money back.
        Refund = "refund",
        /// Another product.
        Replacement = "replacement",
        /// The product mended.
        Repair = "repair",
        /// A credit on the account.
        Credit = "credit",
        /// Compensation for loss or trouble.
        Compensation = "compensation",
        /// A present, with an apology.
        ApologyGift = "apology_gift",
    }
}

text_enum! {
    /// How far the redress has come.
    RedressStatus {
        /// Offered to the customer.
        Offered = "offered",
        /// Accepted by the customer.
        Accepted = "accepted",
        /// Paid or delivered.
        Paid = "paid",
    }
}

text_enum! {
    /// The seven causes on our side (引起客户抱怨的原因).
    CauseCategory {
        /// 穿着: business etiquette.
        Appearance = "appearance",
        /// 谈吐: negating the question.
        Speech = "speech",
        /// 态度: listening, acceptance.
        Attitude = "attitude",
        /// 观念: not being mentor and friend.
        Mindset = "mindset",
        /// 专业: the customer could not buy with confidence.
        Expertise = "expertise",
        /// 辅助工具: aids that strengthen confidence.
        Tools = "tools",
        /// 辅助资料: information.
        Materials = "materials",
    }
}

text_enum! {
    /// Why the customer is called back.
    CallBackPurpose {
        /// To hear whether the matter is settled: step 7.
        ConfirmResolution = "confirm_resolution",
        /// To give an answer that was not at hand.
        GiveAnswer = "give_answer",
        /// To say how far things are.
        ReportProgress = "report_progress",
    }
}

text_enum! {
    /// Where a promised call-back stands.
    CallBackState {
        /// The promise stands.
        Open = "open",
        /// We called within the window.
        Kept = "kept",
        /// We called, but after the window.
        Late = "late",
        /// We did not call.
        Broken = "broken",
        /// Another promise took its place; `changed_by` says who asked for it.
        Rescheduled = "rescheduled",
        /// The customer said that no call is needed.
        CancelledByCustomer = "cancelled_by_customer",
    }
}

text_enum! {
    /// What one attempt led to.
    AttemptResult {
        /// We spoke with the customer.
        Reached = "reached",
        /// Nobody answered.
        NoAnswer = "no_answer",
        /// We spoke to a machine.
        Voicemail = "voicemail",
        /// The number is not the customer's.
        WrongNumber = "wrong_number",
        /// The customer did not want to talk.
        Refused = "refused",
    }
}

text_enum! {
    /// What a promised call-back led to in the end.
    CallBackOutcome {
        /// The customer says the matter is settled.
        Satisfied = "satisfied",
        /// The customer says it is not; the complaint goes back to step 4.
        NotSatisfied = "not_satisfied",
        /// The customer has the answer or the news.
        Informed = "informed",
        /// The customer was not reached in the attempts the policy asks for.
        Unreachable = "unreachable",
        /// The customer did not want the call.
        Declined = "declined",
    }
}

text_enum! {
    /// Why an attempt does not count towards the number after which a customer is unreachable.
    NotCounted {
        /// It was made before the window of the promise.
        BeforeWindow = "before_window",
        /// The number was somebody else's.
        WrongNumber = "wrong_number",
        /// The last attempt that counts was only just before; the policy says how far apart they must be.
        TooSoon = "too_soon",
    }
}

text_enum! {
    /// Who asked for a change of a promise.
    AskedBy {
        /// The customer.
        Customer = "customer",
        /// The desk.
        Desk = "desk",
    }
}

text_enum! {
    /// Which way a message went.
    Direction {
        /// From the customer.
        In = "in",
        /// To the customer.
        Out = "out",
        /// Among ourselves; the customer never sees it.
        Internal = "internal",
    }
}
