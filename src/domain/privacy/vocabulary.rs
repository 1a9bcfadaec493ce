//! The words of privacy.

use crate::text_enum;

text_enum! {
    /// What a customer's data may be used for.
    ConsentPurpose {
        /// Messages about one's own complaint. Allowed by the contract unless the customer refuses.
        ServiceMessages = "service_messages",
        /// Asking how satisfied the customer is.
        SatisfactionSurvey = "satisfaction_survey",
        /// Advertising.
        Marketing = "marketing",
        /// Letting the sales modules see the record.
        ShareWithSales = "share_with_sales",
        /// Recording calls.
        CallRecording = "call_recording",
    }
}

text_enum! {
    /// How the customer said it.
    ConsentSource {
        /// On the phone.
        Phone = "phone",
        /// Through a form on the web.
        Web = "web",
        /// By e-mail.
        Email = "email",
        /// By letter.
        Letter = "letter",
        /// In person.
        Counter = "counter",
        /// Through another system.
        Api = "api",
    }
}

text_enum! {
    /// Why something is done with a customer's data, in words that name nobody.
    LegalBasis {
        /// The customer asked for it (GDPR articles 15 to 18).
        CustomerRequest = "customer_request",
        /// The customer withdrew the consent that it rested on.
        ConsentWithdrawn = "consent_withdrawn",
        /// The customer objects (article 21).
        Objection = "objection",
        /// The customer contests that the data is right (article 18).
        AccuracyContested = "accuracy_contested",
        /// The data is no longer needed (article 17).
        NoLongerNeeded = "no_longer_needed",
        /// The processing was unlawful.
        UnlawfulProcessing = "unlawful_processing",
        /// A law asks for it.
        LegalObligation = "legal_obligation",
        /// A retention rule of this installation.
        RetentionRule = "retention_rule",
    }
}

text_enum! {
    /// What was done about a customer's privacy.
    PrivacyAction {
        /// Processing was restricted.
        Restricted = "restricted",
        /// The restriction was lifted.
        RestrictionLifted = "restriction_lifted",
        /// The customer was anonymised.
        Anonymised = "anonymised",
        /// The customer was erased.
        Erased = "erased",
        /// Everything held was exported.
        Exported = "exported",
        /// A legal hold was placed or changed.
        HoldPlaced = "hold_placed",
        /// A legal hold was lifted.
        HoldLifted = "hold_lifted",
        /// The content of a complaint was removed.
        ContentRemoved = "content_removed",
    }
}

text_enum! {
    /// What becomes of a customer of whom nothing is to be kept.
    Removal {
        /// The record stays, without anything by which somebody could be recognised.
        Anonymise = "anonymise",
        /// Only the id stays, and when it was erased.
        Erase = "erase",
    }
}

text_enum! {
    /// Why a message to the customer was kept and not sent.
    NotSent {
        /// The customer refuses messages.
        Refused = "refused",
        /// The processing of the customer's data is restricted.
        Restricted = "restricted",
        /// The customer's record is gone.
        Gone = "gone",
    }
}
