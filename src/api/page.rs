//! Pages of a list: `{items, next_cursor}`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;

use crate::error::{Error, FieldError, Result};

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Page<T> {
    /// What is on the page.
    pub(super) items: Vec<T>,
    /// Where the next page begins: send it as `cursor`. Absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// The page of `rows`, of which there may be one more than `limit`; `cursor` names a place after a row.
    pub(super) fn of<C: Serialize>(mut rows: Vec<T>, limit: i64, cursor: impl Fn(&T) -> C) -> Result<Self> {
        let limit = usize::try_from(limit).unwrap_or_default();
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next_cursor = rows
            .last()
            .filter(|_| more)
            .map(|row| encode(&cursor(row)))
            .transpose()?;
        Ok(Self {
            items: rows,
            next_cursor,
        })
    }
}

/// The text of a cursor.
pub(super) fn encode<C: Serialize>(cursor: &C) -> Result<String> {
    Ok(URL_SAFE_NO_PAD.encode(serde_json::to_vec(cursor)?))
}

/// Reads a cursor.
pub(super) fn decode<C: DeserializeOwned>(text: Option<&str>) -> Result<Option<C>> {
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let cursor = URL_SAFE_NO_PAD
        .decode(text)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok());
    cursor
        .map(Some)
        .ok_or_else(|| refused("?cursor", "malformed", "not a cursor of this list"))
}

/// How many there may be on the page.
pub(super) fn limit(limit: Option<i64>) -> Result<i64> {
    let limit = limit.unwrap_or(50);
    if (1..=200).contains(&limit) {
        Ok(limit)
    } else {
        Err(refused("?limit", "out_of_range", "1 to 200"))
    }
}

/// A parameter of the query that does not fit.
pub(super) fn refused(pointer: &str, code: &str, detail: &str) -> Error {
    Error::invalid(vec![FieldError {
        pointer: pointer.to_owned(),
        code: code.to_owned(),
        detail: detail.to_owned(),
    }])
}
