//! Reports as tables: typed rows that can also be written into a sheet, cell by cell.

use chrono::NaiveDate;

/// What stands in a cell of a sheet.
#[derive(Debug, Clone, PartialEq)]
pub enum Entry {
    /// Nothing.
    Empty,
    /// Words.
    Text(String),
    /// A whole number.
    Whole(i64),
    /// A number.
    Number(f64),
}

impl From<i64> for Entry {
    fn from(number: i64) -> Self {
        Self::Whole(number)
    }
}

impl From<f64> for Entry {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<String> for Entry {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<NaiveDate> for Entry {
    fn from(date: NaiveDate) -> Self {
        Self::Text(date.to_string())
    }
}

impl<T: Into<Self>> From<Option<T>> for Entry {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Empty, Into::into)
    }
}

macro_rules! words {
    ($($name:ty),+) => {$(
        impl From<$name> for Entry {
            fn from(word: $name) -> Self {
                Self::Text(word.to_string())
            }
        }
    )+};
}

words!(
    super::measures::Span,
    crate::domain::complaints::vocabulary::State,
    crate::domain::complaints::vocabulary::CauseCategory,
    crate::domain::complaints::vocabulary::HandlingStep,
    crate::domain::typing::CustomerType
);

/// A row of a report.
pub trait Row: serde::Serialize {
    /// The names of the columns, as in JSON.
    const COLUMNS: &'static [&'static str];

    /// What stands in them.
    fn entries(&self) -> Vec<Entry>;
}

/// Declares the row of a report: the period, the value of the property, and its own fields.
#[macro_export]
macro_rules! report_row {
    ($(#[doc = $doc:literal])+ $name:ident { $($(#[$meta:meta])+ $field:ident : $ty:ty),+ $(,)? }) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, PartialEq, serde::Serialize, utoipa::ToSchema)]
        pub struct $name {
            /// The period: a day, a week of ISO 8601, a month, or the whole time.
            #[schema(example = "2026-W48")]
            pub period: String,
            /// Its first day; of a week or month it may lie before the report.
            pub starts_on: chrono::NaiveDate,
            /// The value of the property; null in a report on everything together.
            #[schema(example = "phone")]
            pub value: Option<String>,
            $($(#[$meta])+ pub $field: $ty),+
        }

        impl $crate::domain::reporting::table::Row for $name {
            const COLUMNS: &'static [&'static str] = &["period", "starts_on", "value", $(stringify!($field)),+];

            fn entries(&self) -> Vec<$crate::domain::reporting::table::Entry> {
                vec![
                    self.period.clone().into(),
                    self.starts_on.into(),
                    self.value.clone().into(),
                    $(self.$field.clone().into()),+
                ]
            }
        }
    };
}
