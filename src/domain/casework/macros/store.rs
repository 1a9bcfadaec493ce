//! SQL of macros.

use diesel::prelude::*;

use crate::db::conn::Conn;
use crate::db::schema::macros;
use crate::domain::audit::ObjectKind;
use crate::domain::casework::named::{Content, Named, kept_by_name};
use crate::domain::complaints::actions::Action;
use crate::error::{Error, Result};

kept_by_name!(
    Vec<Action>,
    macros.actions,
    "macro",
    ObjectKind::Macro,
    ["macro.put", "macro.deleted"],
    200
);
