//! SQL of canned texts.

use diesel::prelude::*;

use super::Wording;
use crate::db::conn::Conn;
use crate::db::schema::canned_texts;
use crate::domain::audit::ObjectKind;
use crate::domain::casework::named::{Content, Named, kept_by_name};
use crate::error::{Error, Result};

kept_by_name!(
    Vec<Wording>,
    canned_texts.wordings,
    "canned text",
    ObjectKind::CannedText,
    ["canned_text.put", "canned_text.deleted"],
    500
);
